//! Delivery through a proxy and over TLS, as the environment of a process configures it.
//!
//! The environment is read once, so each case is a process of its own: the ignored test `child`.
#![allow(clippy::unwrap_used)]

mod support;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::Version;
use axum::routing::post;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use reelscope_collector::{Collector, Options, Pace};
use serde_json::Value;
use support::{FakeSentry, error, eventually, options, to};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const DSN: &str = "REELSCOPE_COLLECTOR_NETWORK_DSN";
/// A host that no name server knows (RFC 6761): only a proxy can reach it.
const HOST: &str = "sentry.invalid";

/// The process of one case: tests a DSN, delivers one envelope to it, and prints both results.
#[tokio::test]
#[ignore = "run by the tests below in processes of their own"]
#[allow(clippy::print_stdout)] // it is what the tests below read
async fn child() {
    let Ok(dsn) = std::env::var(DSN) else { return };
    let dir = tempfile::tempdir().unwrap();
    let pace = Pace {
        timeout: Duration::from_secs(5),
        ..options().pace
    };
    let (collector, _) = Collector::open(dir.path(), Options { pace, ..options() }).unwrap();
    let tried = collector.test_delivery(Some(&dsn)).await;
    collector.configure(to(&dsn.parse().unwrap()));
    collector.capture_durable("api-gateway", error(1)).await.unwrap();
    eventually("an answer", || {
        collector.counts().delivered == 1 || collector.delivery().last_error.is_some()
    })
    .await;
    let delivery = collector.delivery();
    println!(
        "\nfound {}",
        serde_json::json!({ "tried": tried, "delivered": delivery.counts.delivered, "error": delivery.last_error })
    );
    collector.shutdown().await;
}

/// Returns what the child prints for `dsn` with only these variables of the kind.
async fn found(dsn: &str, variables: &[(&str, &str)]) -> Value {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    command.env(DSN, dsn).envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("found "));
    let line = line.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(line).unwrap()
}

#[track_caller]
fn fails(found: &Value, code: &str) {
    assert_eq!(
        (
            found["tried"]["code"].as_str(),
            found["error"]["code"].as_str(),
            found["delivered"].as_u64()
        ),
        (Some(code), Some(code), Some(0)),
        "{found:#}"
    );
}

#[track_caller]
fn arrives(found: &Value) {
    assert_eq!(
        (found["tried"]["code"].as_str(), found["delivered"].as_u64()),
        (Some("ok"), Some(1)),
        "{found:#}"
    );
}

/// A proxy that connects every client to one place, or demands a password.
struct Proxy {
    addr: SocketAddr,
    /// First lines of the requests.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(leads_to: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                tokio::spawn(proxied(client, leads_to, Arc::clone(&seen)));
            }
        });
        Self { addr, asked }
    }

    fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn proxied(mut client: TcpStream, leads_to: Option<SocketAddr>, seen: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = client.read_u8().await else { return };
        head.push(byte);
    }
    let line = String::from_utf8(head)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    seen.lock().unwrap().push(line);
    match leads_to {
        Some(addr) => {
            let mut server = TcpStream::connect(addr).await.unwrap();
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
        None => {
            let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"hotel\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = client.write_all(refusal.as_bytes()).await;
            // The body is read, so that closing does not reset the response.
            let _ = tokio::io::copy(&mut client, &mut tokio::io::sink()).await;
        }
    }
}

/// A Sentry over TLS, with the file of its certificate authority.
struct SecureSentry {
    addr: SocketAddr,
    authority: PathBuf,
    /// HTTP versions of the requests.
    versions: Arc<Mutex<Vec<Version>>>,
}

/// Serves HTTP/2 over TLS and ignores connections that fail. It does not use `axum::serve`, whose feature `http2`
/// would make the tests compile another axum than the program.
async fn serve(listener: TcpListener, acceptor: TlsAcceptor, router: Router) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, service) = (acceptor.clone(), TowerToHyperService::new(router.clone()));
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let server = http2::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// A certificate authority with a name of its own, written to `file`.
fn authority(name: &str, file: &Path) -> Issuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    std::fs::write(file, params.self_signed(&key).unwrap().pem()).unwrap();
    Issuer::new(params, key)
}

impl SecureSentry {
    async fn start(dir: &Path) -> Self {
        let file = dir.join("authority.pem");
        let issuer = authority("Reelscope's test", &file);
        let key = KeyPair::generate().unwrap();
        let names = [HOST, "127.0.0.1"].map(str::to_owned);
        let certificate = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let versions: Arc<Mutex<Vec<Version>>> = Arc::default();
        let seen = Arc::clone(&versions);
        let take = async move |request: axum::extract::Request| {
            seen.lock().unwrap().push(request.version());
            "{}"
        };
        let router = Router::new().route("/api/7/envelope/", post(take));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(serve(listener, acceptor, router));
        Self {
            addr,
            authority: file,
            versions,
        }
    }
}

#[tokio::test]
async fn a_peer_is_trusted_if_the_system_trusts_its_authority() {
    let dir = tempfile::tempdir().unwrap();
    let sentry = SecureSentry::start(dir.path()).await;
    let dsn = format!("https://abc@{}/7", sentry.addr);
    let other = dir.path().join("other.pem");
    authority("Somebody else", &other);
    let refused = found(&dsn, &[("SSL_CERT_FILE", other.to_str().unwrap())]).await;
    fails(&refused, "tls");
    assert!(
        refused["tried"]["params"]["cause"]
            .as_str()
            .unwrap()
            .contains("certificate"),
        "{refused:#}"
    );
    assert_eq!(*sentry.versions.lock().unwrap(), []);
    arrives(&found(&dsn, &[("SSL_CERT_FILE", sentry.authority.to_str().unwrap())]).await);
    assert_eq!(
        *sentry.versions.lock().unwrap(),
        [Version::HTTP_2, Version::HTTP_2]
    );
    // The authority is right, but the name is wrong.
    let dsn = format!("https://abc@localhost:{}/7", sentry.addr.port());
    fails(
        &found(&dsn, &[("SSL_CERT_FILE", sentry.authority.to_str().unwrap())]).await,
        "tls",
    );
}

#[tokio::test]
async fn the_proxy_is_asked_and_leads_to_sentry() {
    let dir = tempfile::tempdir().unwrap();
    let sentry = SecureSentry::start(dir.path()).await;
    let proxy = Proxy::start(Some(sentry.addr)).await;
    let dsn = format!("https://abc@{HOST}/7");
    let trusted = ("SSL_CERT_FILE", sentry.authority.to_str().unwrap());
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        arrives(&found(&dsn, &[(name, &proxy.url()), trusted]).await);
    }
    let connect = format!("CONNECT {HOST}:443 HTTP/1.1");
    assert_eq!(proxy.asked(), vec![connect; 6]);
    assert_eq!(*sentry.versions.lock().unwrap(), [Version::HTTP_2; 6]);
    // Without a proxy the host is not found.
    fails(&found(&dsn, &[]).await, "dns");
    // The proxy is not used for another scheme or an excluded host.
    fails(&found(&dsn, &[("HTTP_PROXY", &proxy.url())]).await, "dns");
    fails(
        &found(&dsn, &[("HTTPS_PROXY", &proxy.url()), ("NO_PROXY", ".invalid")]).await,
        "dns",
    );
    let direct = format!("https://abc@{}/7", sentry.addr);
    arrives(
        &found(
            &direct,
            &[
                ("HTTPS_PROXY", &proxy.url()),
                ("NO_PROXY", "localhost,127.0.0.0/8"),
                trusted,
            ],
        )
        .await,
    );
    assert_eq!(proxy.asked().len(), 6);
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_gone_is_said() {
    let proxy = Proxy::start(None).await;
    let sentry = FakeSentry::start().await;
    let secure = format!("https://abc@{HOST}/7");
    fails(&found(&secure, &[("HTTPS_PROXY", &proxy.url())]).await, "proxy");
    let plain = sentry.dsn().public();
    fails(&found(&plain, &[("HTTP_PROXY", &proxy.url())]).await, "proxy");
    // The delivery may have been retried by then.
    let asked = proxy.asked().len();
    assert!(asked >= 4, "{asked}");
    arrives(&found(&plain, &[("HTTP_PROXY", &proxy.url()), ("NO_PROXY", "127.0.0.1")]).await);
    assert_eq!((proxy.asked().len(), sentry.requests()), (asked, 2));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    fails(&found(&secure, &[("HTTPS_PROXY", &gone)]).await, "proxy");
}
