//! Binds the ports of the servers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use tokio::net::TcpListener;

use crate::durable;
use crate::start_error::StartError;
use crate::storage::telemetry_dir;

/// Loopback with a free port.
pub(crate) const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| listen_error(address, &error))
}

pub(crate) fn listen_error(address: SocketAddr, error: &io::Error) -> StartError {
    if error.kind() == io::ErrorKind::AddrInUse {
        StartError::PortInUse { port: address.port() }
    } else {
        StartError::Listen {
            address,
            reason: error.to_string(),
        }
    }
}

/// Binds the collector's port: the one of the last start while it is free, so that a DSN that points to it stays
/// valid.
pub(crate) async fn bind_where_it_was(data_dir: &Path) -> Result<TcpListener, StartError> {
    let file = telemetry_dir(data_dir).join("port");
    let last = std::fs::read_to_string(&file)
        .ok()
        .and_then(|text| text.trim().parse::<u16>().ok());
    let at = |port| SocketAddr::new(LOOPBACK.ip(), port);
    let listener = match last {
        Some(port) => match bind(at(port)).await {
            Ok(listener) => listener,
            Err(_) => bind(LOOPBACK).await?,
        },
        None => bind(LOOPBACK).await?,
    };
    if let Ok(address) = listener.local_addr() {
        // If this fails, the next start takes another port.
        let _ = durable::write(&file, address.port().to_string().as_bytes());
    }
    Ok(listener)
}

pub(crate) fn local_address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map_err(|error| listen_error(LOOPBACK, &error))
}

pub(crate) fn url(listener: &TcpListener) -> Result<String, StartError> {
    Ok(format!("http://{}", local_address(listener)?))
}
