//! IP addresses and CIDRs in CEL (`library/ip.go`, `library/cidr.go`).

use std::any::Any;
use std::net::IpAddr;

use cel::common::types::{CelBool, CelInt, CelString, Type};
use cel::common::value::{StaticVal, Val};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};

use crate::kube::ip::{self, Cidr};

static IP: Type = Type::new_unspecified_type("net.IP");
static CIDR: Type = Type::new_unspecified_type("net.CIDR");

#[derive(Copy, Clone, Debug, PartialEq)]
struct Address(IpAddr);

#[derive(Copy, Clone, Debug, PartialEq)]
struct Network(Cidr);

macro_rules! value_of_type {
    ($name:ident, $type:ident) => {
        impl Val for $name {
            fn get_type(&self) -> &Type {
                &$type
            }

            fn cel_type() -> &'static Type {
                &$type
            }

            fn equals(&self, other: &dyn Val) -> bool {
                other.downcast_ref::<$name>().is_some_and(|other| other == self)
            }

            fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
                Box::new(*self)
            }

            fn as_any(&self) -> Option<&dyn Any> {
                Some(self)
            }
        }

        impl StaticVal for $name {}
    };
}

value_of_type!(Address, IP);
value_of_type!(Network, CIDR);

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(IP.to_owned())?;
    env.add_type(CIDR.to_owned())?;
    add_overload!(env, fn ip: (CelString) -> Result<Address>)?;
    add_overload!(env, fn is_ip: (CelString) -> CelBool, name = "isIP")?;
    add_overload!(env, fn is_canonical: (CelString) -> Result<CelBool>, name = "ip.isCanonical")?;
    add_member_overload!(env, fn family: (Address) -> CelInt)?;
    add_member_overload!(env, fn is_unspecified: (Address) -> CelBool)?;
    add_member_overload!(env, fn is_loopback: (Address) -> CelBool)?;
    add_member_overload!(env, fn is_link_local_multicast: (Address) -> CelBool)?;
    add_member_overload!(env, fn is_link_local_unicast: (Address) -> CelBool)?;
    add_member_overload!(env, fn is_global_unicast: (Address) -> CelBool)?;
    add_overload!(env, fn cidr: (CelString) -> Result<Network>)?;
    add_overload!(env, fn is_cidr: (CelString) -> CelBool, name = "isCIDR")?;
    add_member_overload!(env, fn contains_ip: (Network, Address) -> CelBool, name = "containsIP")?;
    add_member_overload!(env, fn contains_ip_text: (Network, CelString) -> Result<CelBool>,
        name = "containsIP")?;
    add_member_overload!(env, fn contains_cidr: (Network, Network) -> CelBool,
        name = "containsCIDR")?;
    add_member_overload!(env, fn contains_cidr_text: (Network, CelString) -> Result<CelBool>,
        name = "containsCIDR")?;
    add_member_overload!(env, fn address: (Network) -> Address, name = "ip")?;
    add_member_overload!(env, fn masked: (Network) -> Network)?;
    add_member_overload!(env, fn prefix_length: (Network) -> CelInt)?;
    Ok(())
}

fn ip(text: &CelString<'_>) -> Result<Address, ExecutionError> {
    match ip::ip_problem(text.inner(), true) {
        Some(problem) => Err(ExecutionError::function_error("ip", problem)),
        None => parse_ip(text.inner(), "ip"),
    }
}

fn parse_ip(text: &str, function: &str) -> Result<Address, ExecutionError> {
    let unreadable = || ExecutionError::function_error(function, "unable to parse IP");
    text.parse().map(Address).map_err(|_| unreadable())
}

fn is_ip(text: &CelString<'_>) -> CelBool {
    CelBool::from(ip::ip_problem(text.inner(), true).is_none())
}

fn is_canonical(text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    ip(text).map(|address| CelBool::from(address.0.to_string() == text.inner()))
}

fn family(this: &Address) -> CelInt {
    CelInt::from(if this.0.is_ipv4() { 4 } else { 6 })
}

fn is_unspecified(this: &Address) -> CelBool {
    CelBool::from(this.0.is_unspecified())
}

fn is_loopback(this: &Address) -> CelBool {
    CelBool::from(this.0.is_loopback())
}

fn is_link_local_multicast(this: &Address) -> CelBool {
    CelBool::from(match this.0 {
        IpAddr::V4(v4) => v4.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(v6) => v6.segments()[0] & 0xff0f == 0xff02,
    })
}

fn is_link_local_unicast(this: &Address) -> CelBool {
    CelBool::from(is_local(this.0))
}

/// As Go's `IsGlobalUnicast` says it: private addresses count.
fn is_global_unicast(this: &Address) -> CelBool {
    let address = this.0;
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    let special = address.is_unspecified() || address.is_loopback() || address.is_multicast();
    CelBool::from(!broadcast && !special && !is_local(address))
}

fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.segments()[0] & 0xffc0 == 0xfe80,
    }
}

fn cidr(text: &CelString<'_>) -> Result<Network, ExecutionError> {
    parse_cidr(text.inner(), "cidr")
}

/// Bits of the host may be set, as in Go's `netip.ParsePrefix`.
fn parse_cidr(text: &str, function: &str) -> Result<Network, ExecutionError> {
    let address = text.split_once('/').map_or("", |(address, _)| address);
    let strict = ip::ip_problem(address, true).is_none();
    let parsed = ip::parse_cidr_sloppy(text).filter(|_| strict);
    parsed
        .map(Network)
        .ok_or_else(|| ExecutionError::function_error(function, "unable to parse CIDR"))
}

fn is_cidr(text: &CelString<'_>) -> CelBool {
    CelBool::from(parse_cidr(text.inner(), "isCIDR").is_ok())
}

fn contains_ip(this: &Network, other: &Address) -> CelBool {
    let bits = if other.0.is_ipv4() { 32 } else { 128 };
    CelBool::from(this.0.contains(Cidr { address: other.0, bits }))
}

fn contains_ip_text(this: &Network, text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    parse_ip(text.inner(), "containsIP").map(|other| contains_ip(this, &other))
}

fn contains_cidr(this: &Network, other: &Network) -> CelBool {
    CelBool::from(this.0.contains(other.0))
}

fn contains_cidr_text(this: &Network, text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    parse_cidr(text.inner(), "containsCIDR").map(|other| contains_cidr(this, &other))
}

fn address(this: &Network) -> Address {
    Address(this.0.address)
}

fn masked(this: &Network) -> Network {
    Network(Cidr { address: this.0.network(), ..this.0 })
}

fn prefix_length(this: &Network) -> CelInt {
    CelInt::from(i64::from(this.0.bits))
}
