//! The settings. Defaults are overridden by the settings file, that by the environment, and that by flags.
//!
//! The file is `settings.json` in the configuration directory of the operating system
//! (`~/.config/reelscope/settings.json` on Linux). The variables are Sentry's own, so that an existing environment
//! works here too.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reelscope_collector::{Collector, Destinations, Dsn, DsnError};
use reelscope_contracts::SERVICES;
use reelscope_demo::faults::dial::{RELEASES, Release};
use reelscope_telemetry::Reporting;
use serde::{Deserialize, Serialize};

use crate::{durable, paths};

/// Release of the stack unless another one is set.
pub const RELEASE: &str = "1.0.0";
/// Environment of the stack unless another one is set.
pub const ENVIRONMENT: &str = "demo";

/// The settings. A field that is absent in the file has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where envelopes go, for services without a DSN of their own; `None` only keeps them.
    pub dsn: Option<String>,
    /// DSN by service.
    pub dsn_by_service: BTreeMap<String, String>,
    /// Environment of the stack.
    pub environment: String,
    /// Release of the stack.
    pub release: String,
    /// Share of traces that are recorded, 0 to 1.
    pub traces_sample_rate: f32,
    /// Sentry's organisation slug, for links.
    pub organization: Option<String>,
    /// Whether envelopes are sent; while not, they are held.
    pub sending: bool,
    /// Whether secrets and personal data are removed from envelopes before they are kept.
    pub scrubbing: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dsn: None,
            dsn_by_service: BTreeMap::new(),
            environment: ENVIRONMENT.to_owned(),
            release: RELEASE.to_owned(),
            traces_sample_rate: 1.0,
            organization: None,
            sending: true,
            scrubbing: true,
        }
    }
}

/// Why settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read the settings in {}: {source}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is no valid settings file.
    #[error("the settings in {} are not valid: {reason}; correct or remove the file", .file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Position and reason.
        reason: String,
    },
    /// A DSN is invalid.
    #[error("the DSN of {whose} cannot be used: {source}")]
    Dsn {
        /// A service, or `all services`.
        whose: String,
        /// What is wrong with it.
        source: DsnError,
    },
    /// No such service.
    #[error(
        "`{0}` is none of the services; they are frontend, api-gateway, user-service, game-engine and payment-service"
    )]
    NoSuchService(String),
    /// The sample rate is not between 0 and 1.
    #[error("the sample rate {0} is not a number from 0 to 1")]
    SampleRate(String),
    /// A switch is neither `on` nor `off`.
    #[error("{name} is `{value}`; use on or off")]
    Switch {
        /// Name of the variable.
        name: &'static str,
        /// Its value.
        value: String,
    },
}

/// The settings as flags of a program, over all other places.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Settings, over the settings file and the environment")]
pub struct SettingsFlags {
    /// Where envelopes are sent [default: the settings file's, SENTRY_DSN over it; none keeps them here].
    #[arg(long)]
    dsn: Option<String>,
    /// Environment that the stack says it runs in.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// Release that the stack says it is.
    #[arg(long, value_name = "VERSION")]
    release: Option<String>,
    /// Share of traces that are reported, 0 to 1.
    #[arg(long, value_name = "SHARE")]
    sample_rate: Option<f32>,
    /// Sentry's organisation slug, for links.
    #[arg(long, value_name = "SLUG")]
    organization: Option<String>,
    /// Whether anything is sent; what is captured meanwhile is held.
    #[arg(long, value_name = "on|off", value_parser = switch)]
    sending: Option<bool>,
    /// Whether secrets and what tells who a person is are taken out of envelopes before they are kept.
    #[arg(long, value_name = "on|off", value_parser = switch)]
    scrubbing: Option<bool>,
}

impl SettingsFlags {
    /// Returns the settings of this machine, overridden by these flags.
    ///
    /// # Errors
    /// As [`Settings::of_this_machine`].
    pub fn over_this_machine(self) -> Result<Settings, SettingsError> {
        Ok(self.over(Settings::of_this_machine()?))
    }

    /// Returns the settings, and the release of the dial, for a program that does not continue where the window's
    /// dial was left. A release that is named by flag or environment brings its faults; without one `otherwise`
    /// counts.
    ///
    /// # Errors
    /// As [`Settings::of_this_machine`].
    pub fn with_release(
        self,
        otherwise: Option<&'static Release>,
    ) -> Result<(Settings, Option<&'static Release>), SettingsError> {
        let named =
            self.release.is_some() || std::env::var("SENTRY_RELEASE").is_ok_and(|name| !name.is_empty());
        Ok(self.over_this_machine()?.dialled(named, otherwise))
    }

    fn over(self, settings: Settings) -> Settings {
        Settings {
            dsn: self.dsn.or(settings.dsn),
            environment: self.environment.unwrap_or(settings.environment),
            release: self.release.unwrap_or(settings.release),
            traces_sample_rate: self.sample_rate.unwrap_or(settings.traces_sample_rate),
            organization: self.organization.or(settings.organization),
            sending: self.sending.unwrap_or(settings.sending),
            scrubbing: self.scrubbing.unwrap_or(settings.scrubbing),
            dsn_by_service: settings.dsn_by_service,
        }
    }
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("use on or off".to_owned()),
    }
}

impl Settings {
    /// How every service reports with these settings: to `collector`, whatever it sends on.
    pub(crate) fn reporting(&self, collector: &Collector) -> Reporting {
        let to = collector.clone();
        Reporting {
            sink: Arc::new(move |service, envelope| to.capture_nowait(service, envelope)),
            release: self.release.clone(),
            environment: self.environment.clone(),
            sample_rate: self.traces_sample_rate,
            public_key: collector.key().to_owned(),
        }
    }

    /// Path of the settings file; `None` without a home directory.
    #[must_use]
    pub fn file() -> Option<PathBuf> {
        paths::settings_file()
    }

    /// Returns the settings of this machine: the file at its usual path, overridden by the environment of this
    /// process.
    ///
    /// # Errors
    /// As [`Settings::read`] and [`Settings::with_environment`].
    pub fn of_this_machine() -> Result<Self, SettingsError> {
        Self::file()
            .map_or_else(|| Ok(Self::default()), |file| Self::read(&file))?
            .with_environment(|name| std::env::var(name).ok())
    }

    /// Reads the file; returns the defaults when there is none.
    ///
    /// # Errors
    /// [`SettingsError::Unreadable`], [`SettingsError::Malformed`].
    pub fn read(file: &Path) -> Result<Self, SettingsError> {
        let text = match durable::read(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => {
                return Err(SettingsError::Unreadable {
                    file: file.to_owned(),
                    source,
                });
            }
        };
        serde_json::from_slice(&text).map_err(|error| SettingsError::Malformed {
            file: file.to_owned(),
            reason: error.to_string(),
        })
    }

    /// Overrides the settings by the environment; `variable` reads a variable.
    ///
    /// # Errors
    /// [`SettingsError::SampleRate`], [`SettingsError::Switch`].
    pub fn with_environment(
        mut self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        // An empty variable counts as unset.
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        self.dsn = variable("SENTRY_DSN").or(self.dsn);
        self.environment = variable("SENTRY_ENVIRONMENT").unwrap_or(self.environment);
        self.release = variable("SENTRY_RELEASE").unwrap_or(self.release);
        if let Some(rate) = variable("SENTRY_TRACES_SAMPLE_RATE") {
            self.traces_sample_rate = rate.parse().map_err(|_| SettingsError::SampleRate(rate))?;
        }
        // The name that Sentry's own command line uses.
        self.organization = variable("SENTRY_ORG").or(self.organization);
        for (name, set) in [
            ("REELSCOPE_SENDING", &mut self.sending),
            ("REELSCOPE_SCRUBBING", &mut self.scrubbing),
        ] {
            if let Some(value) = variable(name) {
                *set = switch(&value).map_err(|_| SettingsError::Switch { name, value })?;
            }
        }
        for service in SERVICES {
            let name = format!("SENTRY_DSN_{}", service.to_uppercase().replace('-', "_"));
            if let Some(dsn) = variable(&name) {
                self.dsn_by_service.insert(service.to_owned(), dsn);
            }
        }
        Ok(self)
    }

    fn dialled(
        mut self,
        named: bool,
        otherwise: Option<&'static Release>,
    ) -> (Self, Option<&'static Release>) {
        let on_the_dial = RELEASES.iter().find(|release| release.version == self.release);
        let release = if named { on_the_dial } else { otherwise };
        if let Some(release) = release {
            release.version.clone_into(&mut self.release);
        } else if !named && on_the_dial.is_some() {
            RELEASE.clone_into(&mut self.release);
        }
        (self, release)
    }

    /// Writes the file atomically.
    ///
    /// # Errors
    /// The system's error.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        durable::write(file, &serde_json::to_vec_pretty(self)?)
    }

    /// Parses the DSNs.
    ///
    /// # Errors
    /// [`SettingsError::Dsn`], [`SettingsError::NoSuchService`], [`SettingsError::SampleRate`].
    pub fn destinations(&self) -> Result<Destinations, SettingsError> {
        if !(0.0..=1.0).contains(&self.traces_sample_rate) {
            return Err(SettingsError::SampleRate(self.traces_sample_rate.to_string()));
        }
        let parse = |whose: &str, dsn: &str| {
            dsn.trim().parse::<Dsn>().map_err(|source| SettingsError::Dsn {
                whose: whose.to_owned(),
                source,
            })
        };
        let common = self
            .dsn
            .as_deref()
            .map(|dsn| parse("all services", dsn))
            .transpose()?;
        let mut by_slot = BTreeMap::new();
        for (service, dsn) in &self.dsn_by_service {
            if !SERVICES.contains(&service.as_str()) {
                return Err(SettingsError::NoSuchService(service.clone()));
            }
            by_slot.insert(service.clone(), parse(service, dsn)?);
        }
        Ok(Destinations {
            common,
            by_slot,
            sending: self.sending,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use reelscope_demo::faults::dial::FIRST_RELEASE;

    const DSN: &str = "https://0123456789abcdef0123456789abcdef@sentry.example/7";

    fn with(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let pairs: BTreeMap<_, _> = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Settings::default().with_environment(|name| pairs.get(name).cloned())
    }

    #[test]
    fn the_environment_goes_over_the_file_and_empty_is_unset() {
        let settings = with(&[
            ("SENTRY_DSN", DSN),
            ("SENTRY_DSN_API_GATEWAY", DSN),
            ("SENTRY_ENVIRONMENT", ""),
            ("SENTRY_TRACES_SAMPLE_RATE", "0.25"),
        ])
        .unwrap();
        assert_eq!(settings.environment, "demo");
        assert!((settings.traces_sample_rate - 0.25).abs() < f32::EPSILON);
        let destinations = settings.destinations().unwrap();
        assert!(destinations.of("api-gateway").is_some() && destinations.common.is_some());
        assert!(
            with(&[])
                .unwrap()
                .destinations()
                .unwrap()
                .of("frontend")
                .is_none()
        );
    }

    #[test]
    fn a_release_of_the_dial_counts_where_it_is_named() {
        let left_at = |version: &str| Settings {
            release: version.to_owned(),
            ..Settings::default()
        };
        let last = RELEASES.last().unwrap();
        let dialled = |version: &str, named, otherwise| {
            let (settings, release) = left_at(version).dialled(named, otherwise);
            (settings.release, release.map(|release| release.version))
        };
        assert_eq!(
            dialled(last.version, true, None),
            (last.version.to_owned(), Some(last.version))
        );
        assert_eq!(dialled(last.version, false, None), (RELEASE.to_owned(), None));
        assert_eq!(
            dialled(last.version, false, Some(FIRST_RELEASE)),
            (FIRST_RELEASE.version.to_owned(), Some(FIRST_RELEASE.version))
        );
        assert_eq!(dialled("my-2.0", true, None), ("my-2.0".to_owned(), None));
        assert_eq!(dialled("my-2.0", false, None), ("my-2.0".to_owned(), None));
    }

    #[test]
    fn flags_go_over_the_environment_and_only_where_they_are_given() {
        #[derive(clap::Parser)]
        struct Program {
            #[command(flatten)]
            flags: SettingsFlags,
        }
        let over = |flags: &[&str]| {
            let program = <Program as clap::Parser>::try_parse_from([&["program"], flags].concat());
            let environment = with(&[
                ("SENTRY_ORG", "casino"),
                ("SENTRY_RELEASE", "1.1.0"),
                ("REELSCOPE_SCRUBBING", "off"),
                ("REELSCOPE_SENDING", "off"),
            ]);
            program.map(|program| program.flags.over(environment.unwrap()))
        };
        let settings = over(&[
            "--sending",
            "on",
            "--sample-rate",
            "0.5",
            "--environment",
            "pilot",
        ])
        .unwrap();
        assert!(settings.sending && !settings.scrubbing);
        assert_eq!(settings.organization.as_deref(), Some("casino"));
        assert_eq!(
            (settings.release.as_str(), settings.environment.as_str()),
            ("1.1.0", "pilot")
        );
        assert!((settings.traces_sample_rate - 0.5).abs() < f32::EPSILON);
        let error = over(&["--scrubbing", "maybe"]).unwrap_err().to_string();
        assert!(error.contains("use on or off"), "{error}");
        let error = with(&[("REELSCOPE_SENDING", "1")]).unwrap_err().to_string();
        assert_eq!(error, "REELSCOPE_SENDING is `1`; use on or off");
    }

    #[test]
    fn what_cannot_be_used_says_which_and_why() {
        let check = |settings: Settings, words: &str| {
            let error = settings.destinations().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        };
        check(with(&[("SENTRY_DSN", "nonsense")]).unwrap(), "all services");
        check(
            with(&[("SENTRY_DSN_GAME_ENGINE", "https://sentry.example/1")]).unwrap(),
            "game-engine",
        );
        check(
            Settings {
                traces_sample_rate: 1.5,
                ..Settings::default()
            },
            "1.5",
        );
        let elsewhere = BTreeMap::from([("bank".to_owned(), DSN.to_owned())]);
        check(
            Settings {
                dsn_by_service: elsewhere,
                ..Settings::default()
            },
            "`bank`",
        );
        assert!(with(&[("SENTRY_TRACES_SAMPLE_RATE", "half")]).is_err());
    }

    #[test]
    fn a_file_is_read_or_its_mistake_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("settings.json");
        assert_eq!(Settings::read(&file).unwrap(), Settings::default());
        fs::write(&file, format!(r#"{{"dsn":"{DSN}","sending":false}}"#)).unwrap();
        let settings = Settings::read(&file).unwrap();
        settings.write(&file).unwrap();
        assert_eq!(Settings::read(&file).unwrap(), settings);
        assert!(settings.dsn.as_deref() == Some(DSN) && !settings.sending);
        fs::write(&file, r#"{"dns":1}"#).unwrap();
        let error = Settings::read(&file).unwrap_err().to_string();
        assert!(
            error.contains("settings.json") && error.contains("dns"),
            "{error}"
        );
    }
}
