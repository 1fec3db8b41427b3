//! Hops between the services of a stack that lose, garble or delay requests as a test's rules say.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use reelscope_stack::Network;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// What a hop does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Closes the connection before it forwards the request.
    ResetBefore,
    /// Forwards the request and closes the connection before the response.
    ResetAfter,
    /// Answers 200 with a wrong body and does not forward the request.
    GarbledBefore,
    /// Forwards the request and answers 200 with a wrong body.
    GarbledAfter,
    /// Answers with this status and does not forward the request.
    StatusBefore(u16),
    /// Forwards the request and answers with this status.
    StatusAfter(u16),
    /// Neither forwards the request nor answers.
    SilenceBefore,
    /// Forwards the request and does not answer.
    SilenceAfter,
    /// Forwards the request once its caller has gone.
    Late,
}

/// Applies a fault to the next `left` requests that begin with `begins`, contain `contains` and contain one of
/// `names`.
pub(crate) struct Rule {
    pub(crate) begins: &'static str,
    pub(crate) contains: &'static str,
    pub(crate) names: Vec<String>,
    pub(crate) fault: Fault,
    pub(crate) left: u32,
}

#[derive(Default)]
struct Shared {
    rules: Mutex<Vec<Rule>>,
    hops: Mutex<HashMap<(&'static str, &'static str), Hop>>,
    /// The names whose requests have met a fault.
    met: Mutex<HashSet<String>>,
    /// Notified when `met` grows.
    told: Notify,
}

struct Hop {
    at: SocketAddr,
    to: String,
    listening: AbortHandle,
}

/// All hops of a stack.
#[derive(Clone, Default)]
pub(crate) struct Hops(Arc<Shared>);

impl Hops {
    /// The network to give to a stack.
    pub(crate) fn network(&self) -> Network {
        let hops = self.clone();
        Network(Some(Arc::new(move |caller, callee, to| {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let at = listener.local_addr().unwrap();
            let listening = hops.listen(listener, to.clone());
            let hop = Hop { at, to, listening };
            hops.0.hops.lock().unwrap().insert((caller, callee), hop);
            format!("http://{at}")
        })))
    }

    pub(crate) fn rule(&self, rule: Rule) {
        self.0.rules.lock().unwrap().push(rule);
    }

    pub(crate) fn forget_rules(&self) {
        self.0.rules.lock().unwrap().clear();
    }

    /// Completes when a request that contains this name has met a fault.
    pub(crate) async fn met(&self, name: &str) {
        loop {
            let mut next = std::pin::pin!(self.0.told.notified());
            next.as_mut().enable();
            if self.0.met.lock().unwrap().contains(name) {
                return;
            }
            next.await;
        }
    }

    /// Refuses connections from `caller` to `callee`.
    pub(crate) async fn close(&self, caller: &'static str, callee: &'static str) {
        let (listening, at) = {
            let hops = self.0.hops.lock().unwrap();
            let hop = &hops[&(caller, callee)];
            (hop.listening.clone(), hop.at)
        };
        listening.abort();
        while TcpStream::connect(at).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }

    /// Accepts them again.
    pub(crate) fn open(&self, caller: &'static str, callee: &'static str) {
        let mut hops = self.0.hops.lock().unwrap();
        let hop = hops.get_mut(&(caller, callee)).unwrap();
        // The standard library sets SO_REUSEADDR.
        let listener = std::net::TcpListener::bind(hop.at).unwrap();
        hop.listening = self.listen(listener, hop.to.clone());
    }

    fn listen(&self, listener: std::net::TcpListener, to: String) -> AbortHandle {
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let hops = self.clone();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (hops, to) = (hops.clone(), to.clone());
                // Either side may close the connection at any time.
                tokio::spawn(async move { hops.pass(stream, &to).await.ok() });
            }
        });
        listening.abort_handle()
    }

    fn fault_of(&self, request: &[u8]) -> Option<Fault> {
        let text = String::from_utf8_lossy(request);
        let mut rules = self.0.rules.lock().unwrap();
        let rule = rules.iter_mut().find(|rule| {
            rule.left > 0
                && text.starts_with(rule.begins)
                && text.contains(rule.contains)
                && rule.names.iter().any(|name| text.contains(name))
        })?;
        rule.left -= 1;
        let fault = rule.fault;
        self.0.met.lock().unwrap().extend(rule.names.iter().cloned());
        self.0.told.notify_waiters();
        Some(fault)
    }

    /// Handles one request of a connection and closes it, so that the next request connects anew.
    async fn pass(&self, mut stream: TcpStream, to: &str) -> std::io::Result<()> {
        let request = read_request(&mut stream).await?;
        if request.is_empty() {
            return Ok(());
        }
        let answer = |status: u16, body: &str| {
            let length = body.len();
            format!(
                "HTTP/1.1 {status} Hop\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
        };
        let reply = match self.fault_of(&request) {
            None => forward(&request, to).await?,
            Some(Fault::ResetBefore) => return Ok(()),
            Some(Fault::ResetAfter) => {
                forward(&request, to).await?;
                return Ok(());
            }
            Some(Fault::GarbledBefore) => answer(200, "<html>").into_bytes(),
            Some(Fault::GarbledAfter) => {
                forward(&request, to).await?;
                answer(200, "<html>").into_bytes()
            }
            Some(Fault::StatusBefore(status)) => answer(status, "no").into_bytes(),
            Some(Fault::StatusAfter(status)) => {
                forward(&request, to).await?;
                answer(status, "no").into_bytes()
            }
            Some(Fault::SilenceBefore) => return std::future::pending().await,
            Some(Fault::SilenceAfter) => {
                forward(&request, to).await?;
                return std::future::pending().await;
            }
            Some(Fault::Late) => {
                // Waits until the caller has gone.
                while read_some(&mut stream, &mut [0; 64])
                    .await
                    .is_ok_and(|read| read > 0)
                {}
                forward(&request, to).await?;
                return Ok(());
            }
        };
        write_all(&mut stream, &reply).await
    }
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        if let Some(head) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |length| length.trim().parse::<usize>().unwrap());
            if request.len() >= head + 4 + length {
                return Ok(request);
            }
        }
        let mut part = [0; 4096];
        match read_some(stream, &mut part).await? {
            0 => return Ok(Vec::new()),
            read => request.extend_from_slice(&part[..read]),
        }
    }
}

/// Forwards a request with its `Host` set to `to`, and reads the whole response.
async fn forward(request: &[u8], to: &str) -> std::io::Result<Vec<u8>> {
    let host = to.trim_start_matches("http://");
    let head = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let text = String::from_utf8_lossy(&request[..head]);
    let lines = text.lines().filter(|line| {
        let line = line.to_lowercase();
        !line.starts_with("host:") && !line.starts_with("connection:")
    });
    let mut sent = lines.collect::<Vec<_>>().join("\r\n");
    sent.push_str(&format!("\r\nhost: {host}\r\nconnection: close\r\n\r\n"));
    let mut upstream = TcpStream::connect(host).await?;
    write_all(&mut upstream, sent.as_bytes()).await?;
    write_all(&mut upstream, &request[head + 4..]).await?;
    let (mut reply, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match read_some(&mut upstream, &mut part).await? {
            0 => return Ok(reply),
            read => reply.extend_from_slice(&part[..read]),
        }
    }
}

async fn read_some(stream: &mut TcpStream, into: &mut [u8]) -> std::io::Result<usize> {
    loop {
        stream.readable().await?;
        match stream.try_read(into) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            read => return read,
        }
    }
}

async fn write_all(stream: &mut TcpStream, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            written => bytes = &bytes[written?..],
        }
    }
    Ok(())
}
