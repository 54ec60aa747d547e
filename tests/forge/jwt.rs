//! JSON web tokens of an app, judged as GitHub judges them.

use rustls::pki_types::alg_id;
use serde_json::Value;

use super::world::{App, Time};

/// Seconds that a token may live.
const LONGEST: i64 = 600;
/// Seconds that the app's clock may be ahead.
const AHEAD: i64 = 60;

const UNDECODABLE: &str = "A JSON web token could not be decoded";

/// Whether an app made it, with its key, for now.
pub fn judge(token: &str, app: &App, now: Time) -> Result<(), &'static str> {
    let (signed, signature) = token.rsplit_once('.').ok_or(UNDECODABLE)?;
    let (head, claims) = signed.split_once('.').ok_or(UNDECODABLE)?;
    let parse = |text| decode(text).and_then(|it| serde_json::from_slice::<Value>(&it).ok()).ok_or(UNDECODABLE);
    let (head, claims) = (parse(head)?, parse(claims)?);
    if head["alg"] != "RS256" || !is_signed(app, signed, &decode(signature).ok_or(UNDECODABLE)?) {
        return Err(UNDECODABLE);
    }
    let issuer = claims["iss"].as_str().map_or_else(|| claims["iss"].to_string(), str::to_owned);
    if issuer != app.id.to_string() {
        return Err("Integration not found");
    }
    let (now, at) = (now.timestamp(), |name: &str| claims[name].as_i64());
    match (at("iat"), at("exp")) {
        (Some(issued), _) if issued > now + AHEAD => {
            Err("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
        }
        (_, Some(expires)) if expires <= now => Err(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        ),
        (_, Some(expires)) if expires > now + LONGEST => {
            Err("'Expiration time' claim ('exp') is too far in the future")
        }
        (Some(_), Some(_)) => Ok(()),
        _ => Err(UNDECODABLE),
    }
}

fn is_signed(app: &App, text: &str, signature: &[u8]) -> bool {
    let provider = rustls::crypto::ring::default_provider();
    let algorithms = provider.signature_verification_algorithms.all.iter();
    let mut rsa = algorithms.filter(|it| it.signature_alg_id() == alg_id::RSA_PKCS1_SHA256);
    rsa.any(|it| it.verify_signature(&app.public_key, text.as_bytes(), signature).is_ok())
}

/// Base64 of either alphabet, with padding or without.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(out)
}
