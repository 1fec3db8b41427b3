//! The languages of the system, which decide the texts of the splash page and what the page reads from
//! `navigator.languages`.

use std::sync::LazyLock;

use serde::{Serialize, Serializer};

use crate::words::Words;

/// Code and `shell.json` of every language, embedded by the build script; the fallback language is first.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

static LANGUAGES: LazyLock<Vec<Spoken>> = LazyLock::new(|| {
    let spoken = |(code, text): &(&'static str, &str)| Spoken {
        code,
        words: serde_json::from_str(text).unwrap_or_default(),
    };
    FILES.iter().map(spoken).collect()
});

#[derive(Debug)]
struct Spoken {
    code: &'static str,
    words: Words,
}

/// A language of the product.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language(&'static Spoken);

impl Language {
    /// The language of the system, or one that stands in for it, or English.
    pub(crate) fn of_the_system() -> Self {
        Self::of_locale(sys_locale::get_locale().as_deref().unwrap_or_default())
    }

    pub(crate) fn of_locale(locale: &str) -> Self {
        let tag = locale.split(['-', '_', '.']).next().unwrap_or_default();
        let tag = tag.to_ascii_lowercase();
        let own = LANGUAGES.iter().find(|spoken| spoken.code == tag);
        let stands_in = || {
            LANGUAGES
                .iter()
                .find(|spoken| spoken.words.stands_in_for.contains(&tag))
        };
        Self(own.or_else(stands_in).unwrap_or(&LANGUAGES[0]))
    }

    /// The shell's texts in this language.
    pub(crate) fn words(self) -> &'static Words {
        &self.0.words
    }

    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        LANGUAGES.iter().map(Self)
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code)
    }
}

/// Value for `navigator.languages`. WebKitGTK takes the name of any locale for a language, and `Intl` in the page
/// refuses the one of `C.UTF-8`.
#[cfg(target_os = "linux")]
pub(crate) fn of_the_page() -> Vec<String> {
    // What follows `C` is ignored: `C` means no language, and English is shown.
    let mut tags: Vec<String> = sys_locale::get_locales()
        .map_while(|locale| tag(&locale))
        .collect();
    if tags.is_empty() {
        tags.push("en-US".to_owned());
    }
    tags
}

/// Converts a POSIX locale or a BCP 47 tag (RFC 5646) to language and region; `None` where it names no language, as
/// `C`.
#[cfg(any(target_os = "linux", test))]
fn tag(locale: &str) -> Option<String> {
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let mut parts = name.split(['-', '_']);
    let language = parts.next().filter(|part| {
        (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    })?;
    let is_region = |part: &&str| match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    let language = language.to_ascii_lowercase();
    Some(match parts.find(is_region) {
        Some(region) => format!("{language}-{}", region.to_ascii_uppercase()),
        None => language,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_spoken_to_in_its_language_or_in_one_that_stands_in_for_it() {
        let check = |locale, code| assert_eq!(Language::of_locale(locale).0.code, code, "{locale}");
        check("ru", "ru");
        check("ru-RU", "ru");
        check("ru_RU.UTF-8", "ru");
        check("RU", "ru");
        check("kk_KZ.UTF-8", "ru");
        check("run", "en");
        check("en-RU", "en");
        check("C", "en");
        check("", "en");
    }

    #[test]
    fn the_page_and_the_shell_stand_in_for_the_same_languages() {
        let page = include_str!("../../ui/src/app/core/i18n/languages.ts");
        for Language(spoken) in Language::all() {
            let quoted = spoken.words.stands_in_for.iter().map(|code| format!("'{code}'"));
            let list = format!("standsInFor: [{}],", quoted.collect::<Vec<_>>().join(", "));
            let (_, entry) = page.split_once(&format!("code: '{}',", spoken.code)).unwrap();
            let (entry, _) = entry.split_once("firstScreen").unwrap();
            assert!(entry.contains(&list), "{}: {list}", spoken.code);
        }
    }

    #[test]
    fn a_page_is_told_languages_only() {
        let check = |locale, expected: Option<&str>| assert_eq!(tag(locale).as_deref(), expected, "{locale}");
        check("en_US.UTF-8", Some("en-US"));
        check("ru_RU.KOI8-R", Some("ru-RU"));
        check("sr_RS@latin", Some("sr-RS"));
        check("zh-Hant-TW", Some("zh-TW"));
        check("es-419", Some("es-419"));
        check("de", Some("de"));
        check("EN_gb", Some("en-GB"));
        check("en_", Some("en"));
        check("C", None);
        check("C.UTF-8", None);
        check("POSIX", None);
        check("", None);
        check("_RU", None);
        check("1337", None);
    }
}
