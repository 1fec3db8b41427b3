//! How the log writes what it keeps: frames, one after another, in segment files.
//!
//! ```text
//! magic        4  "RSL1"
//! head crc     4  CRC-32 of everything from here to the end of the meta
//! payload len  4  little endian, as all numbers
//! payload crc  4  CRC-32 of the payload
//! seq          8  envelope that the frame is, or is about
//! kind         1
//! reserved     1
//! meta len     2
//! meta         …
//! payload      …  the envelope's bytes as received
//! ```
//! The head has a checksum of its own, so that a start reads heads only.

use reelscope_contracts::UnixMillis;

use crate::category::Categories;

/// Begins every frame; the digit is the version of the format.
pub(crate) const MAGIC: [u8; 4] = *b"RSL1";
/// Bytes before the meta.
pub(crate) const HEAD: usize = 28;
/// Most bytes of a meta: the longest slot, and the fixed numbers.
pub(crate) const MAX_META: usize = 44 + MAX_SLOT;
/// Longest name of a slot; longer ones are cut.
pub(crate) const MAX_SLOT: usize = 64;

/// What is known of an envelope without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) received_at: UnixMillis,
    /// Destination it was captured for; 0 without a DSN.
    pub(crate) destination: u64,
    pub(crate) categories: Categories,
    /// 0 for none.
    pub(crate) event_id: u128,
    /// 0 for none.
    pub(crate) trace_id: u128,
    pub(crate) slot: String,
}

/// Why an envelope is dead. The number is kept on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum DeadReason {
    /// 400.
    Rejected = 1,
    /// 401.
    Unauthorized = 2,
    /// 403.
    Forbidden = 3,
    /// 413.
    TooLarge = 4,
    /// Another status that will not change by trying again.
    Refused = 5,
    /// Sentry would take it and drop it.
    TooOld = 6,
    /// A person chose so.
    Discarded = 7,
    /// The log reached its hard cap.
    Evicted = 8,
    /// The disk gave back other bytes than were written.
    Damaged = 9,
}

impl DeadReason {
    const ALL: [Self; 9] = [
        Self::Rejected,
        Self::Unauthorized,
        Self::Forbidden,
        Self::TooLarge,
        Self::Refused,
        Self::TooOld,
        Self::Discarded,
        Self::Evicted,
        Self::Damaged,
    ];

    /// The stable word.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
            Self::TooOld => "too_old",
            Self::Discarded => "discarded",
            Self::Evicted => "evicted",
            Self::Damaged => "damaged",
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| *reason as u8 == number)
    }
}

/// What happened to an envelope after it was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Sentry has it.
    Delivered,
    /// It will not be sent.
    Dead(DeadReason),
    /// A dead one is held again.
    Retried,
    /// It is to be sent to this destination now.
    Readdressed(u64),
}

/// A frame's head, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    Envelope(Meta),
    Change(Change),
}

/// A frame without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) seq: u64,
    pub(crate) meta_len: u16,
    pub(crate) payload_len: u32,
    pub(crate) payload_crc: u32,
    pub(crate) record: Record,
}

impl Frame {
    /// Bytes of the whole frame.
    pub(crate) fn len(&self) -> u64 {
        HEAD as u64 + u64::from(self.meta_len) + u64::from(self.payload_len)
    }
}

/// Appends an envelope's frame; returns the length of its meta.
pub(crate) fn write_envelope(out: &mut Vec<u8>, seq: u64, meta: &Meta, payload: &[u8]) -> u16 {
    let mut bytes = Vec::with_capacity(MAX_META);
    bytes.extend_from_slice(&meta.received_at.to_le_bytes());
    bytes.extend_from_slice(&meta.destination.to_le_bytes());
    bytes.extend_from_slice(&meta.categories.bits().to_le_bytes()[..]);
    bytes.extend_from_slice(&meta.event_id.to_le_bytes());
    bytes.extend_from_slice(&meta.trace_id.to_le_bytes()[..]);
    bytes.extend_from_slice(cut(&meta.slot).as_bytes());
    write(out, seq, 1, &bytes, payload)
}

/// Appends the frame of a change.
pub(crate) fn write_change(out: &mut Vec<u8>, seq: u64, change: Change) {
    match change {
        Change::Delivered => write(out, seq, 2, &[], &[]),
        Change::Dead(reason) => write(out, seq, 3, &[reason as u8], &[]),
        Change::Retried => write(out, seq, 4, &[], &[]),
        Change::Readdressed(destination) => write(out, seq, 5, &destination.to_le_bytes(), &[]),
    };
}

/// The part of a slot's name that is kept.
pub(crate) fn cut(slot: &str) -> &str {
    let end = (0..=MAX_SLOT.min(slot.len()))
        .rev()
        .find(|end| slot.is_char_boundary(*end));
    &slot[..end.unwrap_or(0)]
}

fn write(out: &mut Vec<u8>, seq: u64, kind: u8, meta: &[u8], payload: &[u8]) -> u16 {
    // Both are bounded far below: MAX_META, and MAX_ENVELOPE in the parser.
    let meta_len = u16::try_from(meta.len()).unwrap_or(u16::MAX);
    let payload_len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let start = out.len();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&payload_len.to_le_bytes());
    out.extend_from_slice(&crc32fast::hash(payload).to_le_bytes());
    out.extend_from_slice(&seq.to_le_bytes());
    out.extend_from_slice(&[kind, 0]);
    out.extend_from_slice(&meta_len.to_le_bytes());
    out.extend_from_slice(meta);
    let crc = crc32fast::hash(&out[start + 8..]);
    out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(payload);
    meta_len
}

/// Reads the head at the start of `bytes`. `None` when no whole, sound head is there.
pub(crate) fn read(bytes: &[u8]) -> Option<Frame> {
    let mut head = Fields(bytes);
    if head.take::<4>()? != MAGIC {
        return None;
    }
    let crc = u32::from_le_bytes(head.take()?);
    let payload_len = u32::from_le_bytes(head.take()?);
    let payload_crc = u32::from_le_bytes(head.take()?);
    let seq = u64::from_le_bytes(head.take()?);
    let [kind, _] = head.take()?;
    let meta_len = u16::from_le_bytes(head.take()?);
    let meta = head.0.get(..usize::from(meta_len))?;
    if crc != crc32fast::hash(bytes.get(8..HEAD + meta.len())?) {
        return None;
    }
    let mut meta = Fields(meta);
    let record = match kind {
        1 => Record::Envelope(Meta {
            received_at: i64::from_le_bytes(meta.take()?),
            destination: u64::from_le_bytes(meta.take()?),
            categories: Categories::from_bits(u32::from_le_bytes(meta.take()?)),
            event_id: u128::from_le_bytes(meta.take()?),
            trace_id: u128::from_le_bytes(meta.take()?),
            slot: String::from_utf8_lossy(meta.0).into_owned(),
        }),
        2 => Record::Change(Change::Delivered),
        3 => Record::Change(Change::Dead(DeadReason::of_number(u8::from_le_bytes(
            meta.take()?,
        ))?)),
        4 => Record::Change(Change::Retried),
        5 => Record::Change(Change::Readdressed(u64::from_le_bytes(meta.take()?))),
        _ => return None,
    };
    Some(Frame {
        seq,
        meta_len,
        payload_len,
        payload_crc,
        record,
    })
}

/// Takes fields off the front.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_written_is_read() {
        let meta = Meta {
            received_at: 1,
            destination: 2,
            categories: Categories::ERROR,
            event_id: 3,
            trace_id: 4,
            slot: "user-service".to_owned(),
        };
        let mut bytes = Vec::new();
        write_envelope(&mut bytes, 7, &meta, b"payload");
        let frame = read(&bytes).unwrap();
        assert_eq!((frame.seq, frame.len()), (7, bytes.len() as u64));
        assert_eq!(frame.record, Record::Envelope(meta));
        for change in [
            Change::Delivered,
            Change::Dead(DeadReason::Evicted),
            Change::Retried,
            Change::Readdressed(9),
        ] {
            let mut bytes = Vec::new();
            write_change(&mut bytes, 7, change);
            assert_eq!(read(&bytes).unwrap().record, Record::Change(change));
        }
    }

    #[test]
    fn a_long_slot_is_cut_at_a_character() {
        assert_eq!(cut(&"é".repeat(40)).len(), MAX_SLOT);
        assert_eq!(cut(&format!("x{}", "é".repeat(40))).len(), MAX_SLOT - 1);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = read(&bytes);
            bytes.splice(..0, MAGIC);
            let _ = read(&bytes);
        }

        #[test]
        fn no_flipped_bit_goes_unseen(bit in 32_usize..(HEAD * 8)) {
            let mut bytes = Vec::new();
            write_change(&mut bytes, 7, Change::Delivered);
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(read(&bytes).is_none());
        }
    }
}
