//! IP addresses and CIDRs as the API server reads them, strictly and as it used to.
//!
//! Older fields take addresses with leading zeros (`netutils.ParseIPSloppy`); strict validation
//! refuses those, and mapped addresses, and host bits in a CIDR.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address and the number of its bits that name the network.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Cidr {
    pub address: IpAddr,
    pub bits: u8,
}

impl Cidr {
    fn width(self) -> u8 {
        if self.address.is_ipv4() { 32 } else { 128 }
    }

    /// The address with the bits of the host cleared.
    pub fn network(self) -> IpAddr {
        let host = u32::from(self.width() - self.bits);
        match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(host).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from(u32::from(address) & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(host).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask))
            }
        }
    }

    /// Every address of the other one is in this one.
    pub fn contains(self, other: Cidr) -> bool {
        self.width() == other.width()
            && self.bits <= other.bits
            && self.network() == Cidr { bits: self.bits, ..other }.network()
    }
}

/// `ParseIPSloppy`: Go's `net.ParseIP` before it refused leading zeros. A mapped address is IPv6
/// here; see [`unmapped`].
pub fn parse_ip_sloppy(text: &str) -> Option<IpAddr> {
    match text.contains(':') {
        true => parse_v6(text).map(IpAddr::V6),
        false => parse_v4(text).map(IpAddr::V4),
    }
}

/// What Go's `net.IP` makes of an IPv4-mapped address.
pub fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        *octet = decimal(parts.next()?, 255)?.try_into().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// An IPv6 address; the dotted part at its end may have leading zeros.
fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    let Some((head, tail)) = text.rsplit_once(':').filter(|(_, tail)| tail.contains('.')) else {
        return text.parse().ok();
    };
    let [a, b, c, d] = parse_v4(tail)?.octets();
    let groups = format!("{head}:{a:02x}{b:02x}:{c:02x}{d:02x}");
    groups.parse().ok()
}

/// Digits only, leading zeros or not.
fn decimal(text: &str, max: u32) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let value = text.trim_start_matches('0');
    let value = if digits && value.is_empty() { 0 } else { value.parse().ok()? };
    (digits && value <= max).then_some(value)
}

/// `ParseCIDRSloppy`.
pub fn parse_cidr_sloppy(text: &str) -> Option<Cidr> {
    let (address, bits) = text.split_once('/')?;
    let address = parse_ip_sloppy(address)?;
    let max = if address.is_ipv4() { 32 } else { 128 };
    let bits = decimal(bits, max)?.try_into().ok()?;
    Some(Cidr { address, bits })
}

/// What is wrong with an address (`parseIP` of apimachinery's `validation/ip.go`).
pub fn ip_problem(text: &str, strict: bool) -> Option<&'static str> {
    let Some(address) = parse_ip_sloppy(text) else {
        return Some("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    };
    match address {
        _ if !strict => None,
        _ if text.parse::<IpAddr>().is_err() => Some("must not have leading 0s"),
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => {
            Some("must not be an IPv4-mapped IPv6 address")
        }
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}

/// What is wrong with a CIDR (`parseCIDR` of apimachinery's `validation/ip.go`).
pub fn cidr_problem(text: &str, strict: bool) -> Option<&'static str> {
    let Some(cidr) = parse_cidr_sloppy(text) else {
        return Some("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    };
    let (address, bits) = text.split_once('/')?;
    let zeros = address.parse::<IpAddr>().is_err() || (bits.len() > 1 && bits.starts_with('0'));
    match cidr.address {
        _ if !strict => None,
        _ if zeros => Some("must not have leading 0s in IP or prefix length"),
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => {
            Some("must not have an IPv4-mapped IPv6 address")
        }
        address if address != cidr.network() => {
            Some("must not have bits set beyond the prefix length")
        }
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_ip(text: &str, sloppy: &str, strict: &str) {
        let problems = [false, true].map(|strict| ip_problem(text, strict).unwrap_or("good"));
        assert!(problems[0].contains(sloppy) && problems[1].contains(strict), "{problems:?}");
    }

    #[track_caller]
    fn check_cidr(text: &str, sloppy: &str, strict: &str) {
        let problems = [false, true].map(|strict| cidr_problem(text, strict).unwrap_or("good"));
        assert!(problems[0].contains(sloppy) && problems[1].contains(strict), "{problems:?}");
    }

    #[test]
    fn addresses() {
        check_ip("10.0.0.1", "good", "good");
        check_ip("2001:db8::1", "good", "good");
        check_ip("010.0.0.1", "good", "leading 0s");
        check_ip("::ffff:1.2.3.4", "good", "IPv4-mapped");
        check_ip("::ffff:1.2.3.04", "good", "leading 0s");
        for bad in ["", "10.0.0", "10.0.0.256", "10.0.0.1.2", "fe80::1%eth0", "a.b.c.d", "1.2.3."] {
            check_ip(bad, "must be a valid IP address", "must be a valid IP address");
        }
    }

    #[test]
    fn cidrs() {
        check_cidr("10.0.0.0/8", "good", "good");
        check_cidr("10.0.0.1/8", "good", "bits set beyond the prefix length");
        check_cidr("10.0.0.0/08", "good", "leading 0s");
        check_cidr("::/0", "good", "good");
        check_cidr("::ffff:10.0.0.0/104", "good", "IPv4-mapped");
        for bad in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "/8", "10.0.0.0/+8"] {
            check_cidr(bad, "must be a valid CIDR", "must be a valid CIDR");
        }
    }

    #[test]
    fn containment() {
        let contains = |outer, inner| {
            let (outer, inner) = (parse_cidr_sloppy(outer), parse_cidr_sloppy(inner));
            outer.zip(inner).is_some_and(|(outer, inner)| outer.contains(inner))
        };
        assert!(contains("10.0.0.0/8", "10.1.0.0/16"));
        assert!(contains("0.0.0.0/0", "10.1.0.0/16"));
        assert!(!contains("10.1.0.0/16", "10.0.0.0/8"));
        assert!(!contains("::/0", "10.0.0.0/8"));
    }
}
