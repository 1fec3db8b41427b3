//! Which part of an envelope may be sent while some categories are limited.
//!
//! SDKs drop the items of a limited category and send the others, and so does Relay
//! (<https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/>). Here the others are sent and the
//! limited ones wait.

use crate::envelope::Envelope;
use crate::envelope::category::Categories;

/// Categories that Sentry shows only with the event they came with, and the categories of that event: Relay drops
/// them together with a limited event, and a profile without its transaction. An event does not wait for them.
const COMPANIONS: [(Categories, Categories); 2] = [
    (
        Categories::ATTACHMENT,
        Categories::ERROR.with(Categories::TRANSACTION),
    ),
    (Categories::PROFILE, Categories::TRANSACTION),
];

/// The part of `left` that may be sent while `barred` may not; `None` when nothing may. An envelope without items
/// may be sent unless everything is limited.
pub(super) fn free(left: Categories, barred: Categories) -> Option<Categories> {
    let mut free = left.without(barred);
    for (companion, events) in COMPANIONS {
        if left.meets(events) && !free.meets(events) {
            free = free.without(companion);
        }
    }
    if left.is_empty() {
        return (barred != Categories::ALL).then_some(left);
    }
    (!free.is_empty()).then_some(free)
}

/// The categories in `left` of which one must be free before `category` may be sent; empty when there are none.
pub(super) fn events_of(category: Categories, left: Categories) -> Categories {
    let companion = COMPANIONS.iter().find(|(companion, _)| *companion == category);
    companion.map_or_else(Categories::default, |(_, events)| left.of(*events))
}

/// The envelope with only the items of these categories; header and items are the received bytes.
pub(super) fn cut(envelope: &Envelope<'_>, categories: Categories) -> Vec<u8> {
    let items = envelope
        .items
        .iter()
        .filter(|item| Categories::of_item(&item.header.item_type).meets(categories));
    let mut bytes = [envelope.line, b"\n"].concat();
    for item in items {
        for piece in [item.line, b"\n", item.payload, b"\n"] {
            bytes.extend_from_slice(piece);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::item_type::ItemType;

    const ERROR: Categories = Categories::ERROR;
    const TRANSACTION: Categories = Categories::TRANSACTION;
    const SESSION: Categories = Categories::SESSION;
    const ATTACHMENT: Categories = Categories::ATTACHMENT;
    const PROFILE: Categories = Categories::PROFILE;
    const NOTHING: Categories = Categories::from_bits(0);

    #[track_caller]
    fn goes(left: &[Categories], barred: Categories, expected: Option<Categories>) {
        let left = left.iter().fold(NOTHING, |all, one| all.with(*one));
        assert_eq!(free(left, barred), expected, "{left:?} without {barred:?}");
    }

    #[test]
    fn what_is_limited_stays_and_companions_go_with_their_event() {
        goes(&[ERROR, SESSION], NOTHING, Some(ERROR.with(SESSION)));
        goes(&[ERROR, SESSION], ERROR, Some(SESSION));
        goes(&[ERROR], ERROR, None);
        goes(&[ERROR, SESSION], Categories::ALL, None);
        goes(&[ERROR, ATTACHMENT], ATTACHMENT, Some(ERROR));
        goes(&[ERROR, ATTACHMENT], ERROR, None);
        goes(&[ERROR, ATTACHMENT, SESSION], ERROR, Some(SESSION));
        goes(&[TRANSACTION, PROFILE], PROFILE, Some(TRANSACTION));
        goes(&[TRANSACTION, PROFILE], TRANSACTION, None);
        goes(
            &[ERROR, TRANSACTION, ATTACHMENT],
            TRANSACTION,
            Some(ERROR.with(ATTACHMENT)),
        );
        // The event has been sent before.
        goes(&[ATTACHMENT], ERROR, Some(ATTACHMENT));
        goes(&[], ERROR, Some(NOTHING));
        goes(&[], Categories::ALL, None);
    }

    #[test]
    fn a_part_is_the_bytes_that_came() {
        let whole = "{\"event_id\":\"0af7651916cd43dd8448eb211c80319c\",\"odd\":1e2}\r\n\
            {\"type\":\"event\", \"length\": 6}\n{\"a\"\n}\n\n\
            {\"type\":\"attachment\",\"length\":4,\"filename\":\"\u{e4}\"}\n\r\n\n\n\n\
            {\"type\":\"new_type\"}\n{ }";
        let envelope = Envelope::framed(whole.as_bytes()).unwrap();
        let part = cut(
            &envelope,
            ATTACHMENT.with(Categories::of_item(&ItemType::from("new_type".to_owned()))),
        );
        let part = Envelope::framed(&part).unwrap();
        assert_eq!(part.line, envelope.line);
        assert_eq!(part.items, envelope.items[1..]);
        let rest = cut(&envelope, ERROR);
        assert_eq!(Envelope::framed(&rest).unwrap().items, envelope.items[..1]);
    }
}
