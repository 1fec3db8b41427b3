//! Names of services; every name is made here.

use reelscope_contracts::SERVICES;

use crate::bounds;
use crate::slot::EXTERNAL;

/// Name of the sender in `slot` that calls itself `claimed`. Our own services are known by their slots. An external
/// sender with the name of one of them gets a suffix, so that its errors do not become ours.
pub(crate) fn name(slot: &str, claimed: Option<&str>) -> String {
    if slot != EXTERNAL {
        return slot.to_owned();
    }
    let claimed = claimed.map(str::trim).filter(|name| !name.is_empty());
    claimed.map_or_else(|| slot.to_owned(), strangers)
}

/// Whether it is one of our own services. No external sender gets such a name, see [`name`].
pub(crate) fn is_own(service: &str) -> bool {
    SERVICES.contains(&service)
}

/// Name of the callee of `service`. The callee of an external service is not one of ours just because of its name;
/// the service that continues the call decides.
pub(crate) fn peer(service: &str, called: &str) -> String {
    if is_own(service) {
        bounds::cut(called, bounds::SERVICE)
    } else {
        strangers(called)
    }
}

fn strangers(name: &str) -> String {
    match SERVICES.iter().find(|own| own.eq_ignore_ascii_case(name)) {
        Some(_) => format!("{name} ({EXTERNAL})"),
        None => bounds::cut(name, bounds::SERVICE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(slot: &str, claimed: Option<&str>, expected: &str) {
        assert_eq!(name(slot, claimed), expected);
    }

    #[test]
    fn ours_are_known_by_their_doors_and_strangers_by_what_they_say() {
        check("payment-service", Some("other"), "payment-service");
        check(EXTERNAL, Some("shop"), "shop");
        check(EXTERNAL, None, "external");
        check(EXTERNAL, Some("  "), "external");
        for own in SERVICES {
            check(EXTERNAL, Some(own), &format!("{own} (external)"));
        }
        check(EXTERNAL, Some(" Payment-Service "), "Payment-Service (external)");
        assert_eq!(peer("shop", "payment-service"), "payment-service (external)");
        assert_eq!(peer("api-gateway", "payment-service"), "payment-service");
        assert_eq!(peer("shop", "bank"), "bank");
    }
}
