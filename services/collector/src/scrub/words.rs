//! The table of words, and what a word in a name tells about its value.
//!
//! Sources: the words that Sentry scrubs by default
//! (<https://docs.sentry.io/security-legal-pii/scrubbing/server-side-scrubbing/>), and the names that its SDKs
//! filter (<https://develop.sentry.dev/sdk/foundations/client/data-collection/>): cookies, sessions, forwarded
//! addresses. The names of cards, telephones and persons are our own additions.
//!
//! A new word is a row of [`WORDS`] and three letters in `sieve`, which a test asks for; `CONTRIBUTING.md` has the
//! rest (A word that is scrubbed). A value that is known by its form is no word, but a file of its own, as `iban` is.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match, MatchKind};

use super::percents;
use super::rule::Rule;

/// What a word tells about the value that it names. If a name contains several words, the first in this list
/// counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// A secret, wherever the word is in a name.
    Secret,
    /// A secret if the word is the last part of a name: `pin` in `card_pin`, but neither in `spin` nor in
    /// `pin_count`.
    LastPart,
    /// A network address, or a list of them.
    Address,
    /// Personal data, if the word is the last part of a name.
    Person,
    /// A list of named secrets. A number is a count.
    Cookies,
    /// A secret, but a number is a count or a time: `max_tokens`, `auth_ms`.
    Counted,
    /// A session, if the word is the last part of a name: a secret unless it looks like an id. A number is a count.
    Session,
    /// A key of Sentry's own, equal to the word.
    Own,
    /// A word that contains one of the others and has another meaning. It counts in texts only, because Sentry
    /// scrubs every key that contains a sensitive word.
    Harmless,
    /// No name, but a pattern that is searched by itself.
    Sign,
}

use Meaning::{Address, Cookies, Counted, Harmless, LastPart, Own, Person, Secret, Session, Sign};

/// `_` stands for itself, a dash, a space, a point, or nothing. Case does not matter.
pub(super) const WORDS: &[(&str, Meaning)] = &[
    ("password", Secret),
    ("passwd", Secret),
    ("passphrase", Secret),
    ("passcode", Secret),
    ("secret", Secret),
    ("api_key", Secret),
    ("credentials", Secret),
    ("mysql_pwd", Secret),
    ("private_key", Secret),
    ("card_number", Secret),
    ("credit_card", Secret),
    ("sessid", Secret),
    ("jsessionid", Secret),
    ("connect_sid", Secret),
    ("auth", Counted),
    ("token", Counted),
    ("bearer", Counted),
    ("csrf", Counted),
    ("xsrf", Counted),
    ("cookie", Cookies),
    ("otp", LastPart),
    ("two_factor", LastPart),
    ("pin", LastPart),
    ("pin_code", LastPart),
    ("cvv", LastPart),
    ("cvv2", LastPart),
    ("cvc", LastPart),
    ("pwd", LastPart),
    ("pass", LastPart),
    ("jwt", LastPart),
    ("session", Session),
    ("session_id", Session),
    ("sid", Session),
    ("x_forwarded_for", Address),
    ("x_real_ip", Address),
    ("x_client_ip", Address),
    ("x_cluster_client_ip", Address),
    ("fastly_client_ip", Address),
    ("x_appengine_user_ip", Address),
    ("x_originating_ip", Address),
    ("x_remote_ip", Address),
    ("true_client_ip", Address),
    ("cf_connecting_ip", Address),
    ("remote_addr", Address),
    ("phone", Person),
    ("phone_number", Person),
    ("telephone", Person),
    ("first_name", Person),
    ("middle_name", Person),
    ("last_name", Person),
    ("surname", Person),
    ("date_of_birth", Person),
    ("birth_date", Person),
    ("ssn", Person),
    ("ip_address", Own),
    ("client_ip", Own),
    ("client.address", Own),
    ("username", Own),
    ("user.email", Own),
    ("user.name", Own),
    ("user.username", Own),
    ("user.full_name", Own),
    ("user.ip", Own),
    ("user.ip_address", Own),
    ("author", Harmless),
    ("authors", Harmless),
    ("authored", Harmless),
    ("authority", Harmless),
    ("authorities", Harmless),
    ("authentic", Harmless),
    ("authorized", Harmless),
    ("authenticated", Harmless),
    ("unauthorized", Harmless),
    ("unauthenticated", Harmless),
    ("tokenize", Harmless),
    ("tokenized", Harmless),
    ("tokenizer", Harmless),
    ("tokenizers", Harmless),
    ("tokenization", Harmless),
    ("secretary", Harmless),
    ("-----begin", Sign),
    ("basic", Sign),
    // A node in the header `Forwarded` (RFC 7239).
    ("for=", Sign),
    ("by=", Sign),
    // Commands whose options contain passwords.
    ("curl", Sign),
    ("--user", Sign),
    ("--proxy-user", Sign),
    ("sshpass", Sign),
    ("mysql", Sign),
    ("mariadb", Sign),
    ("redis-cli", Sign),
    // A space that separates the groups of a card number.
    ("&nbsp", Sign),
    ("&#160", Sign),
    // The beginning of a JSON Web Token (RFC 7519): `{"` in base64.
    ("eyj", Sign),
    // An escaped letter may hide any of these words.
    ("\\u00", Sign),
    // Escaped spaces and dashes.
    ("\\u20", Sign),
];

/// Words about a secret that are none themselves, after a colon or after a scheme such as `bearer`.
const SAID: &[&str] = &[
    "absent",
    "accepted",
    "active",
    "added",
    "authentication",
    "authorization",
    "bad",
    "blocked",
    "cancelled",
    "changed",
    "checked",
    "closed",
    "created",
    "deleted",
    "denied",
    "disabled",
    "empty",
    "enabled",
    "ended",
    "error",
    "expected",
    "expired",
    "failed",
    "failure",
    "false",
    "forbidden",
    "found",
    "granted",
    "idle",
    "ignored",
    "inactive",
    "incorrect",
    "invalid",
    "is",
    "locked",
    "lost",
    "malformed",
    "mismatch",
    "missing",
    "needed",
    "nil",
    "no",
    "none",
    "null",
    "of",
    "ok",
    "open",
    "opened",
    "optional",
    "passed",
    "present",
    "received",
    "refreshed",
    "refused",
    "rejected",
    "removed",
    "renewed",
    "required",
    "reset",
    "revoked",
    "scheme",
    "sent",
    "set",
    "skipped",
    "started",
    "stopped",
    "success",
    "timeout",
    "token",
    "tokens",
    "true",
    "undefined",
    "unexpected",
    "unknown",
    "unset",
    "unsupported",
    "updated",
    "valid",
    "verified",
    "was",
    "wrong",
    "yes",
];

/// Whether a word is one of these.
pub(super) fn is_said(word: &str) -> bool {
    let word = word.trim_end_matches(['.', '!', '?', '\u{2026}']);
    SAID.iter().any(|said| said.eq_ignore_ascii_case(word))
}

/// Whether a text is a literal that is no secret.
pub(super) fn is_literal(text: &str) -> bool {
    ["true", "false", "null", "none", "nil", "undefined"]
        .iter()
        .any(|literal| literal.eq_ignore_ascii_case(text))
}

/// Types that a field of a structure may have.
const TYPES: &[&str] = &[
    "&str", "String", "Vec<u8>", "any", "bool", "boolean", "bytes", "i32", "i64", "int", "integer", "number",
    "str", "string", "text", "u16", "u32", "u64", "u8", "uuid", "varchar",
];

/// Whether a value is a type.
pub(super) fn is_type(value: &str) -> bool {
    TYPES.contains(&value)
}

/// Whether a value is a scheme of authorisation (RFC 9110), as in `token_type=bearer`.
pub(super) fn is_scheme(value: &str) -> bool {
    ["basic", "bearer", "digest", "hawk", "negotiate", "ntlm"]
        .iter()
        .any(|scheme| scheme.eq_ignore_ascii_case(value))
}

/// The automaton, and the meaning of each of its patterns.
struct Finder {
    automaton: AhoCorasick,
    meanings: Vec<Meaning>,
}

/// The words in all their spellings, in small letters, with their meanings.
pub(super) fn writings() -> impl Iterator<Item = (String, Meaning)> {
    WORDS.iter().flat_map(|(word, meaning)| {
        let joints: &[&str] = if word.contains('_') && *meaning != Own {
            &["_", "-", " ", ".", ""]
        } else {
            &["_"]
        };
        joints.iter().map(|joint| (word.replace('_', joint), *meaning))
    })
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let (patterns, meanings): (Vec<String>, Vec<Meaning>) = writings().unzip();
    let built = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::Standard)
        .build(&patterns);
    #[expect(
        clippy::expect_used,
        reason = "the patterns are constants, and every test makes them"
    )]
    let automaton = built.expect("an automaton");
    Finder { automaton, meanings }
});

/// A word of the table that was found in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) meaning: Meaning,
}

/// Returns all words of the table in a text, including overlapping ones, in the order of their ends.
pub(super) fn hits(text: &[u8]) -> impl Iterator<Item = Hit> + '_ {
    let finder = &*FINDER;
    let meaning = |found: &Match| finder.meanings.get(found.pattern().as_usize()).copied();
    finder
        .automaton
        .find_overlapping_iter(text)
        .filter_map(move |found| {
            Some(Hit {
                start: found.start(),
                end: found.end(),
                meaning: meaning(&found)?,
            })
        })
}

/// The position of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamePosition {
    Key,
    Text,
}

/// What a name tells about its value.
pub(super) fn meaning(name: &str, place: NamePosition) -> Option<Meaning> {
    let bytes = name.as_bytes();
    let all: Vec<Hit> = hits(bytes).collect();
    let harmless = |hit: &Hit| {
        place == NamePosition::Text
            && all.iter().any(|other| {
                other.meaning == Harmless
                    && other.start <= hit.start
                    && hit.end <= other.end
                    && starts_a_part(bytes, other.start)
                    && !bytes.get(other.end).is_some_and(u8::is_ascii_lowercase)
            })
    };
    let holds = |hit: &&Hit| match hit.meaning {
        Secret | Address | Cookies | Counted => !harmless(hit),
        LastPart | Session | Person => starts_a_part(bytes, hit.start) && ends_a_name(bytes, hit.end),
        Own => place == NamePosition::Key && hit.start == 0 && hit.end == bytes.len(),
        Harmless | Sign => false,
    };
    all.iter().filter(holds).map(|hit| hit.meaning).min()
}

/// Whether a name is that of an id.
pub(super) fn names_an_id(name: &str) -> bool {
    let ends = ["_id", ".id", "Id", "ID", "-id"];
    matches!(name, "id" | "did" | "sid" | "ids") || ends.iter().any(|end| name.ends_with(end))
}

/// Whether the last part of a name is that of an amount, a count or a time.
pub(super) fn names_a_quantity(name: &str) -> bool {
    const LAST: &[&str] = &[
        "amount",
        "at",
        "balance",
        "bytes",
        "cents",
        "count",
        "counter",
        "duration",
        "length",
        "minor",
        "ms",
        "nanos",
        "ns",
        "offset",
        "seq",
        "sequence",
        "size",
        "time",
        "timestamp",
        "total",
        "us",
    ];
    let start = name.rfind(|c: char| !c.is_ascii_lowercase()).map_or(0, |at| {
        at + usize::from(!name.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase))
    });
    let last = name.get(start..).unwrap_or_default();
    LAST.iter().any(|word| word.eq_ignore_ascii_case(last))
}

/// The rule for a value with a name of this meaning.
pub(super) const fn rule_of(meaning: Meaning) -> Rule {
    match meaning {
        Meaning::Person => Rule::Person,
        Meaning::Address => Rule::Address,
        Meaning::Secret
        | Meaning::LastPart
        | Meaning::Cookies
        | Meaning::Counted
        | Meaning::Session
        | Meaning::Harmless
        | Meaning::Sign
        | Meaning::Own => Rule::Password,
    }
}

/// The rule for a key of Sentry's own.
pub(super) fn own_rule(key: &str) -> Rule {
    match key {
        "ip_address" | "client_ip" => Rule::Removed,
        "user.email" => Rule::Email,
        "username" | "user.name" | "user.username" | "user.full_name" => Rule::Person,
        _ => Rule::Address,
    }
}

/// Whether a part of a name begins at `at`: at the beginning, after a joint, or at a capital after a small letter.
/// The letter of an escape, such as the `n` of `\n`, and a percent-encoded character are not part of a name.
pub(super) fn starts_a_part(name: &[u8], at: usize) -> bool {
    let before = |by: usize| at.checked_sub(by).and_then(|at| name.get(at));
    let Some(last) = before(1).filter(|last| last.is_ascii_alphanumeric()) else {
        return true;
    };
    let is_capital = name.get(at).is_some_and(u8::is_ascii_uppercase);
    is_capital && !last.is_ascii_uppercase()
        || before(2) == Some(&b'\\')
        || percents::length_before(name, at) > 0
}

/// Whether only digits and joints follow in the name.
pub(super) fn ends_a_name(name: &[u8], at: usize) -> bool {
    let mut rest = name.get(at..).unwrap_or_default().iter();
    let mut rest = rest.by_ref().skip_while(|byte| byte.is_ascii_digit()).peekable();
    while rest.next_if(|byte| b"_-. ".contains(byte)).is_some() {}
    rest.peek()
        .is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
}

/// Whether a text looks like an id of a span, trace, event or round: hexadecimal digits, with the dashes of a UUID
/// or without. Decimal digits alone, as of a card number, are an id only under the name of an id.
pub(super) fn is_id(text: &str, named_so: bool) -> bool {
    let decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let dashes = text.bytes().filter(|byte| *byte == b'-').count();
    let shaped = digits + dashes == text.len() && matches!((digits, dashes), (16 | 32, 0) | (32, 4));
    if decimal { named_so } else { shaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_once_in_the_table() {
        let words: std::collections::HashSet<_> = WORDS.iter().map(|(word, _)| word).collect();
        assert_eq!(words.len(), WORDS.len());
        assert!(WORDS.iter().all(|(word, _)| *word == word.to_ascii_lowercase()));
        assert!(SAID.is_sorted());
    }

    #[test]
    fn a_name_means_what_its_word_says() {
        for (name, place, expected) in [
            ("db_PASSWORD", NamePosition::Key, Some(Secret)),
            ("X-Api-Key", NamePosition::Key, Some(Secret)),
            ("max_tokens", NamePosition::Key, Some(Counted)),
            ("userPin", NamePosition::Key, Some(LastPart)),
            ("card.cvv", NamePosition::Key, Some(LastPart)),
            ("spin", NamePosition::Key, None),
            ("pin_count", NamePosition::Key, None),
            ("session_count", NamePosition::Key, None),
            ("session.id", NamePosition::Key, Some(Session)),
            ("HTTP_X_FORWARDED_FOR", NamePosition::Key, Some(Address)),
            ("iphone", NamePosition::Key, None),
            ("author", NamePosition::Key, Some(Counted)),
            ("author", NamePosition::Text, None),
            ("author_token", NamePosition::Text, Some(Counted)),
            ("authorization", NamePosition::Text, Some(Counted)),
            ("username", NamePosition::Text, None),
        ] {
            assert_eq!(meaning(name, place), expected, "{name}");
        }
    }
}
