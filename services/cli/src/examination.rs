//! The checks of `reelscope doctor`: what prevents this machine from running the demo, and the remedy.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use reelscope_collector::{Collector, Options};
use reelscope_stack::drawing::{Drawing, VARIABLE};
use reelscope_stack::{Config, Stack, StartError, StartErrorCode, storage};
use serde::Serialize;

use crate::run::RunDir;

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// Name of the check.
    pub check: &'static str,
    /// Whether it passed.
    pub ok: bool,
    /// What was found, and the remedy when it did not pass.
    pub detail: String,
}

/// Name of the check of the databases as a whole.
const STORED: &str = "databases";

/// Checks the data directory and what is stored in it, loopback, and a whole spin in a temporary directory.
pub(crate) async fn examine(data_dir: &Path) -> Vec<Finding> {
    let mut findings = vec![data_directory(data_dir)];
    findings.extend(databases(data_dir).await);
    findings.push(loopback().await);
    findings.extend(webview());
    if cfg!(target_os = "linux") {
        findings.push(graphics(&Drawing::of_this_machine()));
    }
    findings.extend([proxy(|name| std::env::var(name).ok()), clock(), spin().await]);
    findings
}

fn data_directory(data_dir: &Path) -> Finding {
    let probe = data_dir.join(".doctor");
    let made: Vec<&Path> = data_dir
        .ancestors()
        .take_while(|folder| !folder.exists())
        .collect();
    let written = std::fs::create_dir_all(data_dir).and_then(|()| std::fs::write(&probe, b"reelscope"));
    // An examination leaves nothing behind, for the disk may be full and the path mistyped.
    let removed = std::fs::remove_file(&probe);
    let written = written.and(removed);
    for folder in &made {
        let _ = std::fs::remove_dir(folder);
    }
    let place = data_dir.display();
    match written {
        Ok(()) if !made.is_empty() => Finding {
            check: "data directory",
            ok: true,
            detail: format!("{place} is not there yet, and can be made"),
        },
        Ok(()) => Finding {
            check: "data directory",
            ok: true,
            detail: format!("{place} can be written"),
        },
        Err(error) => Finding {
            check: "data directory",
            ok: false,
            detail: format!("{place} cannot be written ({error}); choose another with --data-dir"),
        },
    }
}

/// Reads what is stored, as `ledger verify` does: the databases from copies, so that nothing that is stored changes.
async fn databases(data_dir: &Path) -> Vec<Finding> {
    let dir = data_dir.to_owned();
    let read = tokio::task::spawn_blocking(move || storage::read_all(&dir)).await;
    let read = read.unwrap_or_else(|error| vec![(STORED, Err(StartError::defect("a database", &error)))]);
    if read.is_empty() {
        return vec![Finding {
            check: STORED,
            ok: true,
            detail: "there are none yet".to_owned(),
        }];
    }
    let finding = |(check, read): (&'static str, Result<(), StartError>)| {
        let (ok, detail) = match read {
            Ok(()) => (true, "can be read".to_owned()),
            Err(error) if error.cause() == StartErrorCode::DataDirLocked => {
                (true, "in use by a Reelscope that runs".to_owned())
            }
            Err(error) => (false, error.to_string()),
        };
        Finding { check, ok, detail }
    };
    read.into_iter().map(finding).collect()
}

async fn loopback() -> Finding {
    match tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await {
        Ok(_) => Finding {
            check: "loopback",
            ok: true,
            detail: "a port on 127.0.0.1 can be opened".to_owned(),
        },
        Err(error) => Finding {
            check: "loopback",
            ok: false,
            detail: format!("no port on 127.0.0.1 can be opened ({error}); allow it in the firewall"),
        },
    }
}

/// Checks the engine of the window, which is a package of its own on Linux and part of the other systems.
fn webview() -> Option<Finding> {
    const LIBRARY: &str = "libwebkit2gtk-4.1.so.0";
    if !cfg!(target_os = "linux") {
        return None;
    }
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let places = [multiarch.as_str(), "/usr/lib64", "/usr/lib", "/usr/local/lib"];
    let found = places
        .iter()
        .map(|place| Path::new(place).join(LIBRARY))
        .find(|path| path.exists());
    Some(match found {
        Some(path) => Finding {
            check: "webview",
            ok: true,
            detail: format!("the window can use {}", path.display()),
        },
        None => Finding {
            check: "webview",
            ok: false,
            detail: format!(
                "{LIBRARY} is missing, so the window cannot open; install the package libwebkit2gtk-4.1-0, or use `reelscope serve` with a browser"
            ),
        },
    })
}

/// Tells how the window is drawn. It always passes; it helps when the window stays empty.
fn graphics(drawing: &Drawing) -> Finding {
    let detail = match drawing {
        Drawing::AsSet(value) => format!(
            "{VARIABLE} is set to `{}`, so the window is drawn that way; unset it to let Reelscope choose",
            value.display()
        ),
        Drawing::PlainForNvidia => format!(
            "an NVIDIA driver is loaded, with which windows of WebKitGTK often stay empty, so the window sets {VARIABLE}=1; set it to 0 to try without"
        ),
        Drawing::PlainWithoutGraphics => {
            format!("no graphics processor can be used, so the window sets {VARIABLE}=1")
        }
        Drawing::Graphics => {
            format!("the graphics processor draws the window; if the window stays empty, set {VARIABLE}=1")
        }
    };
    Finding {
        check: "graphics",
        ok: true,
        detail,
    }
}

/// Variables that name a proxy, in the order of their precedence for each kind of address.
const PROXIES: [&str; 6] = [
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

/// Tells which proxies are set and what goes through them; `variable` reads the environment. It always passes.
fn proxy(variable: impl Fn(&str) -> Option<String>) -> Finding {
    let set: Vec<_> = PROXIES
        .into_iter()
        .filter_map(|name| Some((name, variable(name).filter(|value| !value.is_empty())?)))
        .collect();
    let named = set
        .iter()
        .map(|(name, value)| format!("{name}={}", host_of(value)));
    let detail = if set.is_empty() {
        "no proxy is set in the environment".to_owned()
    } else {
        format!(
            "{}: only envelopes to a DSN go through a proxy; the window and the services connect to each other directly",
            named.collect::<Vec<_>>().join(", ")
        )
    };
    Finding {
        check: "proxy",
        ok: true,
        detail,
    }
}

/// Returns host and port of a proxy, without user and password.
fn host_of(proxy: &str) -> &str {
    let host = proxy.rsplit_once('@').map_or(proxy, |(_, host)| host);
    host.rsplit_once("://").map_or(host, |(_, host)| host)
}

/// Sends one real envelope to a DSN.
pub(crate) async fn delivery(dsn: &str) -> Finding {
    let dir = RunDir::new(None, "doctor");
    match Collector::open(dir.path(), Options::standard()) {
        Ok((collector, _)) => {
            let outcome = collector.test_delivery(Some(dsn)).await;
            collector.shutdown().await;
            Finding {
                check: "DSN",
                ok: outcome.ok,
                detail: outcome.detail,
            }
        }
        Err(error) => Finding {
            check: "DSN",
            ok: false,
            detail: error.to_string(),
        },
    }
}

fn clock() -> Finding {
    // A clock before this time, milliseconds since the Unix epoch of 24 November 2025, is certainly wrong.
    const EARLIEST: i64 = 1_764_000_000_000;
    let now = reelscope_contracts::now();
    let text = reelscope_contracts::rfc3339(now);
    if now > EARLIEST {
        Finding {
            check: "clock",
            ok: true,
            detail: format!("it is {text}"),
        }
    } else {
        let detail = format!("the clock says {text}; set it, or session tokens and traces get wrong times");
        Finding {
            check: "clock",
            ok: false,
            detail,
        }
    }
}

async fn spin() -> Finding {
    let dir = RunDir::new(None, "doctor");
    match try_spin(dir.path()).await {
        Ok(took) => Finding {
            check: "spin",
            ok: true,
            detail: format!(
                "a spin went through all services in {:.1} ms",
                took.as_secs_f64() * 1e3
            ),
        },
        Err(reason) => Finding {
            check: "spin",
            ok: false,
            detail: reason,
        },
    }
}

async fn try_spin(dir: &Path) -> Result<Duration, String> {
    let config = Config {
        players: Some(10),
        ..Config::new(dir.to_owned())
    };
    let stack = Stack::start(config).await.map_err(|error| error.to_string())?;
    let plan = reelscope_stack::load::Plan {
        count: 1,
        concurrency: 1,
        players: 1,
        stake: reelscope_contracts::Money(1_000),
        run: uuid::Uuid::new_v4().to_string(),
    };
    let report = reelscope_stack::load::run(&stack, &plan).await;
    let stopped = stack.shutdown().await;
    let report = report?;
    stopped.map_err(|error| error.to_string())?;
    if report.ok == 1 {
        Ok(report.wall)
    } else {
        Err(format!("the spin failed: {:?}", report.failed_by_code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proxy_is_named_without_its_password() {
        let check = |set: &[(&str, &str)], words: &[&str]| {
            let finding = proxy(|name| {
                let (_, value) = set.iter().find(|(set, _)| *set == name)?;
                Some((*value).to_owned())
            });
            assert!(finding.ok, "{finding:?}");
            assert!(!finding.detail.contains("secret"), "{finding:?}");
            for word in words {
                assert!(finding.detail.contains(word), "{word} in {finding:?}");
            }
        };
        check(
            &[
                ("http_proxy", "http://user:secret@proxy.example:3128"),
                ("ALL_PROXY", "socks5://secret@other.example:1080/"),
            ],
            &[
                "http_proxy=proxy.example:3128",
                "ALL_PROXY=other.example:1080",
                "connect to each other directly",
            ],
        );
        check(
            &[("HTTPS_PROXY", "proxy.example:3128")],
            &["HTTPS_PROXY=proxy.example:3128"],
        );
        check(
            &[("HTTPS_PROXY", ""), ("no_proxy", "localhost")],
            &["no proxy is set"],
        );
    }

    #[test]
    fn how_the_window_is_drawn_is_told_with_the_variable_that_changes_it() {
        for (drawing, words) in [
            (Drawing::AsSet("0".into()), "is set to `0`"),
            (Drawing::PlainForNvidia, "NVIDIA"),
            (Drawing::PlainWithoutGraphics, "no graphics processor"),
            (Drawing::Graphics, "draws the window"),
        ] {
            let finding = graphics(&drawing);
            assert!(finding.ok && finding.detail.contains(words), "{finding:?}");
            assert!(finding.detail.contains(VARIABLE), "{finding:?}");
        }
    }
}
