//! The languages of the system: what the splash page says, and what the page is told.

use serde::Serialize;

/// The two languages of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    Ru,
    En,
}

impl Language {
    /// Russian where the system speaks Russian, English everywhere else.
    pub(crate) fn of_the_system() -> Self {
        Self::of_locale(sys_locale::get_locale().as_deref().unwrap_or_default())
    }

    fn of_locale(locale: &str) -> Self {
        match locale.split(['-', '_', '.']).next() {
            Some(language) if language.eq_ignore_ascii_case("ru") => Self::Ru,
            _ => Self::En,
        }
    }

    pub(crate) fn pick<T>(self, ru: T, en: T) -> T {
        match self {
            Self::Ru => ru,
            Self::En => en,
        }
    }
}

/// What `navigator.languages` says. WebKitGTK takes the name of the locale for a language whatever it is, so that under
/// `C.UTF-8` a page is told one that `Intl` refuses.
#[cfg(target_os = "linux")]
pub(crate) fn of_the_page() -> Vec<String> {
    // What comes behind `C` is not asked for: whoever has set that wants no language, and gets English.
    let mut tags: Vec<String> = sys_locale::get_locales()
        .map_while(|locale| tag(&locale))
        .collect();
    if tags.is_empty() {
        tags.push("en-US".to_owned());
    }
    tags
}

/// Language and region of a POSIX locale or a BCP 47 tag (RFC 5646); `None` where it names no language, as `C` does.
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
    fn russian_is_spoken_to_russian_systems_only() {
        let check = |locale, language| assert_eq!(Language::of_locale(locale), language, "{locale}");
        check("ru", Language::Ru);
        check("ru-RU", Language::Ru);
        check("ru_RU.UTF-8", Language::Ru);
        check("RU", Language::Ru);
        check("run", Language::En);
        check("en-RU", Language::En);
        check("C", Language::En);
        check("", Language::En);
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
