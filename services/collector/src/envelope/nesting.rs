//! Checks how deeply JSON is nested, before a parser recurses into it.

/// Whether brackets outside of strings nest deeper than `most`.
pub(crate) fn deeper_than(json: &[u8], most: usize) -> bool {
    /// Number of bytes that are skipped at once when none of them is a bracket or a backslash.
    const BLOCK: usize = 16;
    // JSON with fewer brackets cannot nest deeper, which is the usual case.
    let count = |bracket| memchr::memchr_iter(bracket, json).count();
    if count(b'{') + count(b'[') <= most {
        return false;
    }
    let mut nesting = Nesting::default();
    let (blocks, rest) = json.as_chunks::<BLOCK>();
    let is_deep = blocks.iter().any(|block| {
        let (mut is_odd, mut others) = (0_u8, 0_u8);
        for byte in block {
            // A bracket and a brace differ in this bit only.
            let bracket = byte | 0x20;
            is_odd ^= u8::from(*byte == b'"');
            others |= u8::from(bracket == b'{') | u8::from(bracket == b'}') | u8::from(*byte == b'\\');
        }
        if others != 0 || nesting.escaped {
            return nesting.exceeds(block, most);
        }
        nesting.in_string ^= is_odd == 1;
        false
    });
    is_deep || nesting.exceeds(rest, most)
}

#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// Continues with the next part of the JSON.
    fn exceeds(&mut self, part: &[u8], most: usize) -> bool {
        for byte in part {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => {
                    self.depth += 1;
                    if self.depth > most {
                        return true;
                    }
                }
                b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        false
    }
}
