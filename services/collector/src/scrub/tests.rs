//! Properties of the scrubber as a whole.
#![allow(clippy::cast_precision_loss)] // times in eighths of a second stay far below 2^53

use super::words::WORDS;
use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn event(payload: &Value) -> Vec<u8> {
    format!("{{\"event_id\":\"{TRACE}\"}}\n{{\"type\":\"event\"}}\n{payload}\n").into_bytes()
}

/// Returns the payload of the only item after scrubbing, and its `_meta` separately.
fn scrubbed_event(payload: &Value) -> (Value, Value) {
    let bytes = event(payload);
    let bytes = scrubbed(&bytes).unwrap_or(bytes);
    let envelope = Envelope::parse(&bytes).unwrap();
    let mut payload: Value = serde_json::from_slice(envelope.items[0].payload).unwrap();
    let meta = payload.as_object_mut().unwrap().remove("_meta");
    (payload, meta.unwrap_or_default())
}

/// Returns a text after scrubbing, and the rules.
fn masked(before: &str) -> (String, Vec<String>) {
    let (payload, meta) = scrubbed_event(&json!({ "extra": { "text": before } }));
    let rules = meta["extra"]["text"][""]["rem"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let rules = rules.iter().map(|remark| remark[0].as_str().unwrap().to_owned());
    (
        payload["extra"]["text"].as_str().unwrap().to_owned(),
        rules.collect(),
    )
}

#[test]
fn what_a_text_holds_is_found() {
    for (before, after, rule) in [
        (
            "mail ann.b+c@mail.example.com, now",
            "mail [Filtered], now",
            "@email:filter",
        ),
        (
            "card 4111 1111 1111 1111.",
            "card [Filtered].",
            "@creditcard:filter",
        ),
        (
            "12 4111-1111-1111-1111 99",
            "12 [Filtered] 99",
            "@creditcard:filter",
        ),
        ("3782 822463 10005", "[Filtered]", "@creditcard:filter"),
        ("2200700000000009 (Mir)", "[Filtered] (Mir)", "@creditcard:filter"),
        ("to DE89370400440532013000", "to [Filtered]", "@iban:filter"),
        (
            "to DE89 3704 0044 0532 0130 00 AND more",
            "to [Filtered] AND more",
            "@iban:filter",
        ),
        (
            "sent bearer  abc.def-_ there",
            "sent bearer  [Filtered] there",
            "@bearer:filter",
        ),
        (
            "https://h/?a=1&token=abc&b=2",
            "https://h/?a=1&token=[Filtered]&b=2",
            "@password:filter",
        ),
        (
            "{\"password\": \"x\", \"n\": 1}",
            "{\"password\": \"[Filtered]\", \"n\": 1}",
            "@password:filter",
        ),
        (
            "Authorization: Basic YTpi end",
            "Authorization: Basic [Filtered] end",
            "@password:filter",
        ),
        (
            "http://ann:pw@mail.example.com/x",
            "http://ann:[Filtered]@mail.example.com/x",
            "@urlauth:legacy",
        ),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----[Filtered]-----END RSA PRIVATE KEY-----",
            "@pemkey:filter",
        ),
    ] {
        assert_eq!(
            masked(before),
            (after.to_owned(), vec![rule.to_owned()]),
            "{before}"
        );
    }
    for (before, after) in [
        (
            "account 12345678 4111 1111 1111 1111 end",
            "account 12345678 [Filtered] end",
        ),
        (
            "4111111111111111 2030 378282246310005",
            "[Filtered] 2030 [Filtered]",
        ),
        ("DE89370400440532013000 4111111111111111", "[Filtered] [Filtered]"),
        (
            "DE89370400440532013000 GB82WEST12345698765432",
            "[Filtered] [Filtered]",
        ),
        ("x7 4111111111111111 8y", "x7 [Filtered] 8y"),
    ] {
        assert_eq!(masked(before).0, after);
    }
    let (after, rules) = masked("Ж a@b.cc 5555555555554444 token=x");
    assert_eq!(after, "Ж [Filtered] [Filtered] token=[Filtered]");
    assert_eq!(rules, ["@email:filter", "@creditcard:filter", "@password:filter"]);
}

#[test]
fn what_looks_like_it_but_is_not_stays() {
    for same in [
        "4111 1111 1111 1112",
        "4000 4100 4200 4300 4400 4500 4600",
        "3 5 2 1 4 4 2 3 5 1 2 3 4 5 2 3 3 3 1 1",
        "12345678-1234-1234-1234-123456789012",
        "00-41111111111111114111111111111111-4111111111111111-01",
        "1764000000000 1764000000123456 1764000000123456789",
        "2026-11-24T14:10:06.123456789Z",
        "DE89370400440532013001",
        "reelscope_api_gateway::auth::verify took 3 ms",
        "npm:@sentry/angular, zone.js@0.15.1, reelscope@1.0.0",
        "https://0123456789abcdef@sentry.example.com/7",
        "max_tokens=100 auth_ms: 12",
        "sessions.find { token }",
        "[Filtered]",
        "password=[Filtered]",
    ] {
        assert_eq!(masked(same), (same.to_owned(), vec![]), "{same}");
    }
}

#[test]
fn sensitive_keys_hide_what_is_below_them() {
    let (payload, meta) = scrubbed_event(&json!({
        "user": { "id": "player-1", "email": "a@b.example", "username": "ann", "name": "Ann", "ip_address": "10.0.0.1" },
        "extra": {
            "Password": "hünter2", "pin_secret": 1234, "token_count": 17, "auth": { "a": ["x"] }, "is_token": true,
            "authorizations": [], "otp": "123", "author": "x", "plain": "p", "credentials": "" },
        "request": { "headers": [["Authorization", "Bearer x"], ["Accept", "*/*"], ["X-CSRF", "y"]], "cookies": { "a": "b" },
            "query_string": [["token", "abc"], ["x", "1"]] },
        "contexts": { "trace": { "trace_id": TRACE, "data": {
            "client.address": "10.0.0.1", "user.email": "a@b.example", "user.name": "Ann", "http.request.header.cookie": "a=b" } } },
        "modules": { "oauth-token": "1.2.3" }, "measurements": { "auth_tokens": { "value": 3.0 } },
        "exception": { "values": [{ "stacktrace": { "frames": [
            { "filename": "a@b.example.js", "function": "f", "vars": { "secret": "s" } } ] } }] },
    }));
    assert_eq!(
        payload,
        json!({
            "user": { "id": "player-1", "email": FILTERED, "username": FILTERED, "name": FILTERED, "ip_address": null },
            "extra": {
                "Password": FILTERED, "pin_secret": null, "token_count": 17, "auth": null, "is_token": true,
                "authorizations": [], "otp": FILTERED, "author": FILTERED, "plain": "p", "credentials": "" },
            "request": { "headers": [["Authorization", FILTERED], ["Accept", "*/*"], ["X-CSRF", FILTERED]], "cookies": null,
                "query_string": [["token", FILTERED], ["x", "1"]] },
            "contexts": { "trace": { "trace_id": TRACE, "data": {
                "client.address": FILTERED, "user.email": FILTERED, "user.name": FILTERED, "http.request.header.cookie": FILTERED } } },
            "modules": { "oauth-token": "1.2.3" }, "measurements": { "auth_tokens": { "value": 3.0 } },
            "exception": { "values": [{ "stacktrace": { "frames": [
                { "filename": "a@b.example.js", "function": "f", "vars": { "secret": FILTERED } } ] } }] },
        })
    );
    let noted = |remark: Value, length: Option<usize>| match length {
        Some(length) => json!({ "": { "rem": [remark], "len": length } }),
        None => json!({ "": { "rem": [remark] } }),
    };
    assert_eq!(
        meta["extra"]["Password"],
        noted(json!(["@password:filter", "s", 0, 10]), Some(7))
    );
    assert_eq!(
        meta["extra"]["auth"],
        noted(json!(["@password:filter", "x"]), None)
    );
    assert_eq!(
        meta["user"]["ip_address"],
        noted(json!(["@anything:remove", "x"]), None)
    );
    assert_eq!(
        meta["user"]["email"],
        noted(json!(["@email:filter", "s", 0, 10]), Some(11))
    );
    assert_eq!(
        meta["request"]["headers"],
        json!({ "0": { "1": { "": { "rem": [["@password:filter", "s", 0, 10]], "len": 8 } } },
            "2": { "1": { "": { "rem": [["@password:filter", "s", 0, 10]], "len": 1 } } } })
    );
    // Offsets are bytes of the new text, as in Relay; lengths are characters of the old text.
    let (_, meta) = scrubbed_event(&json!({ "message": "Ж a@b.cc Ж" }));
    assert_eq!(
        meta["message"][""],
        json!({ "rem": [["@email:filter", "s", 3, 13]], "len": 10 })
    );
}

#[test]
fn nothing_else_is_written_anew() {
    let payload = "{ \"n\" : 0.10000000000000000001e+5,\"a\":\"\\u0041\\ud800\",\"a\":1, \"m\":\"x@y.example \\ud800\", \"_meta\" : {\"m\":{\"\":{\"len\":99,\"rem\":[[\"!limit\",\"s\",1,2]]}}} }";
    let length = payload.len();
    let before = format!(
        "{{\"dsn\":\"http://key:secret@h/1\"}}\n{{\"length\" : {length},\"type\":\"event\"}}\n{payload}\r\n\n{{\"type\":\"attachment\",\"length\":11}}\nx@y.example\n{{\"type\":\"replay_recording\"}}\n{{}} x@y.example\n"
    );
    let after = String::from_utf8(scrubbed(before.as_bytes()).unwrap()).unwrap();
    let expected = payload
        .replace("\"x@y.example \\ud800\"", "\"[Filtered] \u{fffd}\"")
        .replace(
            "{\"m\":{\"\":{\"len\":99,\"rem\":[[\"!limit\",\"s\",1,2]]}}}",
            "{\"m\":{\"\":{\"len\":99,\"rem\":[[\"!limit\",\"s\",1,2],[\"@email:filter\",\"s\",0,10]]}}}",
        );
    assert_eq!(
        after,
        before.replace(payload, &expected).replace(
            &format!("\"length\" : {length}"),
            &format!("\"length\" : {}", expected.len())
        )
    );
}

#[test]
fn entries_of_a_container_have_remarks_of_their_own() {
    let log = json!({ "items": [
        { "trace_id": TRACE, "body": "hello", "attributes": { "n": { "value": 1, "type": "integer" } } },
        { "trace_id": TRACE, "body": "to a@b.example", "attributes": {
            "password": { "value": "p", "type": "string" }, "auth.tokens": { "value": 3, "type": "integer" },
            "user.ip_address": { "value": "10.0.0.1", "type": "string" },
            "round_id": { "value": "4111111111111111", "type": "string" } } } ] });
    let bytes = format!(
        "{{}}\n{{\"type\":\"log\",\"item_count\":2,\"content_type\":\"application/vnd.sentry.items.log+json\"}}\n{log}\n"
    );
    let bytes = scrubbed(bytes.as_bytes()).unwrap();
    let envelope = Envelope::parse(&bytes).unwrap();
    let after: Value = serde_json::from_slice(envelope.items[0].payload).unwrap();
    assert_eq!(after["items"][0], log["items"][0]);
    let second = &after["items"][1];
    assert_eq!(second["body"], "to [Filtered]");
    assert_eq!(
        second["attributes"],
        json!({
            "password": { "value": FILTERED, "type": "string" }, "auth.tokens": { "value": 3, "type": "integer" },
            "user.ip_address": { "value": FILTERED, "type": "string" },
            "round_id": { "value": "4111111111111111", "type": "string" } })
    );
    assert_eq!(
        second["_meta"],
        json!({ "body": { "": { "rem": [["@email:filter", "s", 3, 13]], "len": 14 } }, "attributes": {
            "password": { "value": { "": { "rem": [["@password:filter", "s", 0, 10]], "len": 1 } } },
            "user.ip_address": { "value": { "": { "rem": [["@ip:filter", "s", 0, 10]], "len": 8 } } } } })
    );
}

#[test]
fn an_event_that_remarks_would_make_too_large_goes_without() {
    let mut payload = json!({ "extra": { "password": "0123456789", "padding": "" } });
    let padding = MAX_EVENT - payload.to_string().len();
    payload["extra"]["padding"] = "x".repeat(padding).into();
    let (after, meta) = scrubbed_event(&payload);
    assert_eq!(
        (after["extra"]["password"].as_str(), meta),
        (Some(FILTERED), Value::Null)
    );
}

#[test]
fn an_escape_hides_nothing() {
    let payload =
        r#"{"extra":{"pass\u0077ord":"x","\u0061uth":"y","m":"a\u0040b.example"},"user":{"\u0065mail":"z"}}"#;
    let cards = [r"\u00a0", r"\u2009", r"\u202F", r"\t", r"\/", r"\u002e"]
        .map(|sign| ["4111", "1111", "1111", "1111"].join(sign));
    for card in cards {
        let bytes = format!("{{}}\n{{\"type\":\"event\"}}\n{{\"extra\":{{\"m\":\"{card}\"}}}}\n");
        let after = scrubbed(bytes.as_bytes()).map(|after| String::from_utf8(after).unwrap());
        assert!(after.is_some_and(|after| !after.contains("1111")), "{card}");
    }
    let bytes = format!("{{}}\n{{\"type\":\"event\"}}\n{payload}\n");
    let after = String::from_utf8(scrubbed(bytes.as_bytes()).unwrap()).unwrap();
    for secret in ["\"x\"", "\"y\"", "\"z\"", "u0040"] {
        assert!(!after.contains(secret), "{secret}: {after}");
    }
}

#[test]
fn a_long_text_takes_no_longer_than_its_length() {
    for piece in [
        "a@b.example,",
        "4111111111111111-",
        "token=",
        "DE89",
        "[\"a\",",
        "https://a:b@",
        "password: a b ",
        "- password:\n",
        "- password:\n- the\n",
        "password = a b\n",
        "4111.1111 ",
        "DE89-3704-",
        "curl -u ",
        "mysql -",
        "--user a:b ",
        "&amp;#61;",
        "&lt;password&gt;",
        "for=10.0.0.1",
    ] {
        let payload = json!({ "extra": { "text": piece.repeat(900_000 / piece.len()) } });
        let started = std::time::Instant::now();
        let _ = scrubbed(&event(&payload));
        assert!(
            started.elapsed().as_secs() < 5,
            "{piece}: {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn what_is_nested_too_deeply_is_removed_whole() {
    let deep = format!("{}\"plain\"{}", "[".repeat(200), "]".repeat(200));
    let in_a_text = Value::from(format!("{{\"token\":\"a b\",\"x\":{deep}}}"));
    for payload in [
        format!("{{\"a\":{deep}}}"),
        format!("{{\"a\":{in_a_text}}}"),
        deep,
    ] {
        let before = format!("{{}}\n{{\"type\":\"from_tomorrow\"}}\n{payload}\n");
        let after = scrubbed(before.as_bytes()).unwrap();
        assert_eq!(scrubbed(&after), None);
        let after = String::from_utf8(after).unwrap();
        assert!(!after.contains("plain") && after.contains("null"), "{after}");
        let payload = after.lines().nth(2).unwrap();
        assert!(serde_json::from_str::<Value>(payload).is_ok(), "{payload}");
    }
}

/// Texts that must not be changed.
fn harmless() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u128>().prop_map(|id| format!("{id:032x}").into()),
        any::<u128>().prop_map(|id| {
            let id = format!("{id:032x}");
            format!(
                "{}-{}-{}-{}-{}",
                &id[..8],
                &id[8..12],
                &id[12..16],
                &id[16..20],
                &id[20..]
            )
            .into()
        }),
        (any::<u128>(), any::<u64>())
            .prop_map(|(trace, span)| format!("00-{trace:032x}-{span:016x}-01").into()),
        any::<i64>()
            .prop_filter("a card", |number| !card::is_card_number(
                number.to_string().as_bytes()
            ))
            .prop_map(Value::from),
        any::<i32>().prop_map(|n| json!(f64::from(n) / 8.0)),
        (12_800_000_000_i64..32_000_000_000).prop_map(|eighths| json!((eighths as f64) / 8.0)),
        (1_600_000_000_u64..2_000_000_000, 0_u64..1_000_000_000)
            .prop_map(|(s, ns)| format!("{s}{ns:09}").into()),
        (1_600_000_000_000_i64..4_000_000_000_000).prop_map(|ms| reelscope_contracts::rfc3339(ms).into()),
        any::<bool>().prop_map(Value::from),
        "[a-zA-Z ]{0,12}".prop_map(Value::from),
        "v[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{1,2}".prop_map(Value::from),
    ]
}

/// Names that are not sensitive.
fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("contexts".to_owned()),
        Just("data".to_owned()),
        Just("values".to_owned()),
        Just("value".to_owned()),
        Just("name".to_owned()),
        Just("frames".to_owned()),
        Just("tags".to_owned()),
        "[a-n]{1,5}",
    ]
}

fn trees(leaf: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    let tree = leaf.prop_recursive(5, 40, 5, |below| {
        prop_oneof![
            proptest::collection::vec(below.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(names(), below, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    tree.prop_map(|tree| json!({ "extra": tree }))
}

/// A secret under a name or in a text, with the part that must be removed.
fn secrets() -> impl Strategy<Value = (Value, &'static str)> {
    prop_oneof![
        Just((json!({ "db_PASSWORD": "Zq#1" }), "Zq#1")),
        Just((json!([["X-Auth-Token", "Zq#1"]]), "Zq#1")),
        Just((json!({ "api-key": { "deep": ["Zq#1"] } }), "Zq#1")),
        Just((
            json!({ "user": { "geo": {}, "id": "player-1", "name": "Zq#1" } }),
            "Zq#1"
        )),
        Just((
            json!({ "user": { "id": "player-1", "ip_address": "10.9.8.7" } }),
            "10.9.8.7"
        )),
        Just((json!("from zq.1@mail.example to"), "zq.1@mail")),
        Just((json!("with 4111-1111-1111-1111"), "4111-1111")),
        Just((json!("4111111111111111"), "41111111")),
        Just((json!("GB82 WEST 1234 5698 7654 32"), "WEST 1234")),
        Just((json!("Bearer\tZq#1"), "Zq#1")),
        Just((json!("a\nsecret = Zq#1"), "Zq#1")),
        Just((json!({ "otp": "Zq#1" }), "Zq#1")),
        Just((json!("{\"token\":\"Zq#1\"}"), "Zq#1")),
    ]
}

/// Texts that rules may find something in: each word of the table before each separator, and others.
fn suspects() -> impl Strategy<Value = String> {
    let words: Vec<String> = WORDS
        .iter()
        .map(|(word, _)| word.replace('_', "[-_ ]?"))
        .collect();
    let words = words.join("|").replace('\\', "\\\\").replace('.', "\\.");
    let parts = [
        format!(
            "({words})[a-z_.-]{{0,3}}[\"'\\]]?[ \n]?(=|:|=>|%3D|%3a)( |%20)?[\"'(\\[]?[A-Za-z1-9]{{1,4}}"
        ),
        format!("[A-Za-z%\n]{{0,3}}({words})[\"']{{0,2}} ?[:=] ?[a-z1]{{1,4}}"),
        "[bB]earer[ \t+]{1,2}[a-z1]{1,5}".to_owned(),
        "[a-zж.+%-]@[a-zж-]{1,4}\\.[a-zж]{2,3}".to_owned(),
        "a%40[a-z]{1,4}\\.[a-z]{2,3}".to_owned(),
        "//[a-z]{0,2}:[a-z.]{1,4}@".to_owned(),
        "( |\n|Ж)(4111 ?1111-?1111 ?1111|378282246310005)( |\n|Ж)".to_owned(),
        "( |\n)(DE89 ?3704 ?0044 ?0532 ?0130 ?00|NO9386011117947)( |\n)".to_owned(),
        "-----BEGIN (RSA )?PRIVATE KEY-----[a-z]".to_owned(),
        format!("[(\\[] ?b?[\"']({words})[\"'], ?u?[\"'][a-z1]{{1,4}}[\"'] ?[)\\]]"),
        format!(
            "(name|key)[\"']?[=:] ?[\"']({words})[\"'],? ?([\"']?value[\"']?[=:] ?[\"']|\n\n)[a-z1]{{1,4}}[\"']?"
        ),
        format!("<([a-z]{{1,3}}:)?({words})( a='b')?>[a-z1]{{1,4}}</"),
        format!("--({words}) [A-Z1-9]{{1,4}}"),
        format!("({words})(&quot;|%2522|%22):? ?(%3A|:)(&quot;|%2522|%22)[a-z1]{{1,4}}"),
        "[bB]asic[ +]{1,2}YTpiYw==".to_owned(),
        format!("({words})(&quot;|&#34;)?(&#61;|&#x3d;|&colon;|&#58; ?)[a-z1]{{1,4}}"),
        format!("&lt;({words})&gt;[a-z1]{{1,4}}&lt;/"),
        "[a-z](&#64;|&commat;)[a-z]{1,4}\\.[a-z]{2,3}".to_owned(),
        "( |\n|\t|Ж|\u{a0})4111(\\.1111\\.1111\\.|/1111/1111/|  1111  1111  |\u{a0}1111\u{a0}1111\u{a0}|%201111%201111%20|&nbsp;1111 - 1111\t|_1111\u{2011}1111\u{2009})1111".to_owned(),
        "( |\n|\u{a0})(DE89(-3704-0044-0532-0130-|\\.3704/0044  0532\u{202f}0130_)00|NO93-8601-1117-947)".to_owned(),
        "([fF]or|by)=\"?(10\\.0\\.0\\.[1-9]|\\[2001:db8::1\\](:80)?)".to_owned(),
        "curl (-s )?(-u ?|--user[ =]|-sU )[a-z]{1,3}:[a-z1]{1,4}".to_owned(),
        "--(proxy-)?user[ =]'?[a-z]{1,3}:[a-z1]{1,4}".to_owned(),
        "(sshpass -p ?|mysql -u a -p|mariadb-dump -p|redis-cli -a )[a-z1]{1,4}".to_owned(),
        format!("(\n|- )({words})( = |: ?[|]?\n?)[a-z]{{1,4}} [a-z]{{1,4}}"),
        "eyJ[a-z1]{4,6}\\.[a-z1]{4,6}\\.".to_owned(),
        "a(%40|%2540)[a-z]{1,4}\\.[a-z]{2,3}".to_owned(),
    ];
    let parts = parts.map(|part| proptest::string::string_regex(&part).unwrap().boxed());
    proptest::strategy::Union::new(parts)
}

/// Texts of random pieces that rules look for.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("password"),
        Just("token"),
        Just("auth"),
        Just("otp"),
        Just("user"),
        Just("session"),
        Just("pin"),
        Just("cookie"),
        Just("phone"),
        Just("x-forwarded-for"),
        Just("%3D"),
        Just("%22"),
        Just("%40"),
        Just("'"),
        Just("("),
        Just(";"),
        Just("почта@пример.рф"),
        Just("{\"pass\":[\"a b\"],\"n\":4111111111111111}"),
        Just("\"{\\\"token\\\":\\\"a b\\\"}\""),
        Just("none"),
        Just("Basic "),
        Just("name"),
        Just("id"),
        Just("email"),
        Just("="),
        Just(":"),
        Just(" "),
        Just("\""),
        Just("\\"),
        Just("\n"),
        Just("@"),
        Just("a.b"),
        Just("//"),
        Just("4111111111111111"),
        Just("1111"),
        Just("-"),
        Just("DE89370400440532013000"),
        Just("Bearer "),
        Just("[Filtered]"),
        Just("-----BEGIN PRIVATE KEY-----"),
        Just("é"),
        Just("\u{1f3b0}"),
        Just(","),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just("<"),
        Just(">x</"),
        Just("--"),
        Just("('"),
        Just("&quot;"),
        Just("%253D"),
        Just("%2522"),
        Just("key"),
        Just("value"),
        Just("eyJhbGci.eyJzdWI."),
        Just("YTpiYw=="),
        Just("&#61;"),
        Just("&lt;"),
        Just("&gt;"),
        Just("/"),
        Just("4111.1111.1111."),
        Just("DE89-3704-0044-0532-0130-00"),
        Just("\u{a0}"),
        Just("curl -u "),
        Just("--user "),
        Just("sshpass -p"),
        Just("for="),
        Just("10.0.0.1"),
        Just("- "),
        Just(" = "),
        Just("|"),
        Just("correct horse"),
        Just("\n\n"),
    ];
    proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn odd_trees() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![pieces().prop_map(Value::from), Just(json!(7)), Just(json!(null))];
    let tree = leaf.prop_recursive(4, 24, 4, |below| {
        prop_oneof![
            proptest::collection::vec(below.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(pieces(), below, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    tree.prop_map(|tree| json!({ "extra": tree }))
}

/// Replaces everything that the remarks list by `null`.
fn without_noted(value: &Value, meta: &Value) -> Value {
    if meta.get("").is_some() {
        return Value::Null;
    }
    let below = |key: &str, value: &Value| without_noted(value, meta.get(key).unwrap_or(&Value::Null));
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), below(key, value)))
            .collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(index, value)| below(&index.to_string(), value))
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn what_our_own_envelopes_are_full_of_needs_no_closer_look() {
    let numbers = [
        59.233_870_967_741_936,
        1_795_553_596.530_547_6,
        1_795_933_469.949_58,
        1_795_934_000.5,
    ];
    let ids = [
        "373a2487e9bcef0f3eb690a98919582a",
        "50405527386964df",
        "f16f9654-ce96-5322-8201-5804870080a9",
    ];
    let spans: Vec<_> = ids
        .iter()
        .map(|id| json!({ "span_id": id, "op": "auth", "description": "verify the session token" }))
        .collect();
    let names = [
        "External payment provider API",
        "internal_error",
        "server.address",
        "services/api-gateway/src/auth.rs",
        "POST /api/v1/sessions",
    ];
    let envelope = event(&json!({ "data": numbers, "spans": spans, "names": names }));
    assert!(!is_suspect(&envelope));
    for card in [
        "4111111111111111",
        "pays with 4111 1111 1111 1111.",
        "a\n4111111111111111",
    ] {
        assert!(is_suspect(&event(&json!({ "text": card }))), "{card}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn ids_numbers_and_times_are_never_hurt(tree in trees(harmless())) {
        prop_assert_eq!(scrub(&event(&tree)), None);
    }

    #[test]
    fn no_number_is_written_anew(
        number in any::<f64>().prop_filter("a card", |number| !card::is_card_number(json!(number).to_string().as_bytes())),
        whole in any::<i64>().prop_filter("a card", |number| !card::is_card_number(number.to_string().as_bytes())),
    ) {
        let numbers = json!([number, whole, { "n": number }]);
        let tree = json!({ "a": numbers, "password": "x", "z": numbers });
        let after = String::from_utf8(scrub(&event(&tree)).unwrap()).unwrap();
        prop_assert_eq!(after.matches(&numbers.to_string()).count(), 2);
    }

    #[test]
    fn an_id_of_decimal_digits_is_an_id(digits in "[2-6][0-9]{15}", key in "[a-g]{1,5}_id") {
        prop_assert_eq!(scrub(&event(&json!({ "contexts": { "trace": { key: digits } } }))), None);
    }

    #[test]
    fn a_secret_is_found_wherever_it_is((secret, gone) in secrets(), around in trees(harmless()), key in "[a-h]{1,5}") {
        let mut around = around;
        around["breadcrumbs"] = json!({ "values": [{ key: secret }] });
        let before = event(&around);
        let after = scrubbed(&before).expect("something to scrub");
        prop_assert!(!String::from_utf8_lossy(&after).contains(gone));
        let after = Envelope::parse(&after).unwrap().items[0].payload.to_vec();
        let mut after: Value = serde_json::from_slice(&after).unwrap();
        let meta = after.as_object_mut().unwrap().remove("_meta").unwrap();
        // Everything without a remark is unchanged.
        prop_assert_eq!(without_noted(&after, &meta), without_noted(&around, &meta));
    }

    #[test]
    fn the_gate_is_open_where_the_rules_find_something(
        text in suspects(),
        before in "[ -~]{0,20}",
        after in "[ -~]{0,20}",
    ) {
        let around = format!("{before}{text}{after}");
        for text in [&text, &around, &around.to_uppercase(), &around.to_lowercase()] {
            let once = Value::from(text.as_str()).to_string();
            let twice = Value::from(once.as_str()).to_string();
            if !text::findings(text).is_empty() {
                for written in [text, &once, &twice] {
                    prop_assert!(gate::may_hold(written.as_bytes()), "{}", written);
                }
            }
        }
    }

    #[test]
    fn the_quick_look_misses_nothing_and_twice_is_once(tree in odd_trees()) {
        let before = event(&tree);
        if let Some(after) = scrub(&before) {
            prop_assert!(is_suspect(&before), "{}", tree);
            prop_assert_eq!(scrub(&after).map(|again| String::from_utf8(again).unwrap()), None);
            let bytes = Envelope::parse(&after).unwrap().items[0].payload.to_vec();
            let mut after: Value = serde_json::from_slice(&bytes).unwrap();
            let meta = after.as_object_mut().unwrap().remove("_meta").unwrap();
            prop_assert_eq!(without_noted(&after, &meta), without_noted(&tree, &meta));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut envelope = b"{}\n{\"type\":\"x\"}\n".to_vec();
        let _ = payload_edits(&bytes, true, true);
        envelope.extend(bytes);
        let _ = scrub(&envelope);
    }
}

#[test]
fn a_text_in_texts_is_never_written_larger_than_it_came() {
    let mut text = "password=hunter2".to_owned();
    for depth in 1..=40 {
        text = format!("\"{}\"", text.replace('\\', "\\u005c").replace('"', "\\u0022"));
        let payload = format!("{{\"extra\":{{\"x\":{text}}}}}");
        let envelope = format!("{{}}\n{{\"type\":\"event\"}}\n{payload}\n");
        let after = scrub(envelope.as_bytes()).unwrap();
        let after = String::from_utf8(after).unwrap();
        assert!(!after.contains("hunter2"), "{depth}: {after}");
        assert!(after.len() < 2 * envelope.len() + 200, "{depth}: {}", after.len());
    }
}

#[test]
fn a_string_that_can_be_read_in_two_ways_hides_a_secret_in_neither() {
    for text in [
        r#""C:\Users\token=abc123secret""#,
        r#""C:\Users\bearer abc123secret""#,
        r#""{\"dir\":\"C:\\Users\\token=abc123secret\"}""#,
        r#""got {\"dir\":\"C:\\Users\\token=abc123secret\"}""#,
        // One reading finds more than the other, or each finds something else.
        r#""C:\Users\x password=ab\tcd""#,
        r#""C:\Users\token=abc123secret p\u0061ssword=hunter2""#,
        "\"C:\\Users\t password=abc123secret\"",
    ] {
        let envelope = format!("{{}}\n{{\"type\":\"event\"}}\n{{\"extra\":{{\"x\":{text}}}}}\n");
        let after = scrub(envelope.as_bytes()).expect(text);
        let after = String::from_utf8(after).unwrap();
        let is_left = ["abc123secret", "hunter2", "cd"]
            .iter()
            .any(|part| after.contains(part));
        assert!(!is_left, "{after}");
    }
}

#[test]
fn a_long_text_with_a_secret_keeps_the_rest() {
    let lines = "served GET /\n\t".repeat(500);
    let inner = format!("{{\"log\":{},\"token\":\"abc\"}}", Value::from(lines.as_str()));
    for text in [format!("{lines} password=abc"), inner] {
        let payload = serde_json::json!({ "extra": { "x": text } });
        let envelope = format!("{{}}\n{{\"type\":\"event\"}}\n{payload}\n");
        let after = String::from_utf8(scrub(envelope.as_bytes()).unwrap()).unwrap();
        assert!(
            !after.contains("abc") && after.contains("served GET"),
            "{}",
            after.len()
        );
    }
}
