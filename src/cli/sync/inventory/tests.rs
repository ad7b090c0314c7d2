use super::*;

const PRINT: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

fn read_text(text: &str) -> Result<Vec<Entry>, Vec<String>> {
    read(text.as_bytes(), "hosts")
}

fn wrong(text: &str) -> Vec<String> {
    read_text(text).unwrap_err()
}

#[test]
fn lines_and_json_say_the_same() {
    let line = format!(
        "# ours\n\nnode1.test 10.0.0.1 2001:DB8::1 port=2222 type=rsa,ed25519 fingerprint={PRINT} # a comment\n\
         node2.test,10.0.0.2 alias=n2.test alias=n2b.test key-file=/k.pub key-file=/l.pub names=both\r\n10.0.0.3\n"
    );
    let entries = read_text(&line).unwrap();
    let shown: Vec<String> = entries.iter().map(|entry| format!("{} {}", entry.place, entry.host)).collect();
    assert_eq!(shown, ["hosts:3 node1.test,10.0.0.1,2001:db8::1", "hosts:4 node2.test,10.0.0.2", "hosts:5 10.0.0.3"]);
    let [first, second, third] = entries.as_slice() else { panic!("three hosts") };
    assert_eq!((first.port, first.types.len(), first.fingerprints.len()), (Some(2222), 2, 1));
    assert_eq!((second.aliases.len(), second.key_files.len(), second.names), (2, 2, Some(Names::Both)));
    assert_eq!((third.port, third.names), (None, None));
    let objects = format!(
        "{{\"name\": \"node1.test\", \"addresses\": [\"10.0.0.1\", \"2001:db8::1\"], \"port\": 2222,\n \
          \"type\": [\"rsa\", \"ed25519\"], \"fingerprint\": \"{PRINT}\"}}\n\
         {{\"name\": \"node2.test\", \"address\": \"10.0.0.2\", \"alias\": [\"n2.test\", \"n2b.test\"],\n \
          \"key-file\": [\"/k.pub\", \"/l.pub\"], \"names\": \"both\"}}\n{{\"addresses\": [\"10.0.0.3\"]}}\n"
    );
    let array = format!("[{}]", objects.replace("}\n{", "},{"));
    for json in [objects, array] {
        let again = read_text(&json).unwrap();
        let bare = |entries: &[Entry]| -> Vec<Entry> {
            entries.iter().map(|entry| Entry { place: String::new(), ..entry.clone() }).collect()
        };
        assert_eq!(bare(&again), bare(&entries), "{json}");
    }
    assert_eq!(read_text("").unwrap(), []);
    assert_eq!(read_text("[]").unwrap(), []);
}

#[test]
fn what_cannot_be_meant_is_told_with_its_place_and_its_field() {
    for (text, error) in [
        (
            "a.test\nb.test prot=22\n",
            "hosts:2: unknown field \"prot\"; there are alias, fingerprint, key-file, names, port and type",
        ),
        ("a.test port=0\n", "hosts:1: port=0: not a port from 1 to 65535, nor the name of a TCP service"),
        ("a.test port=22 port=23\n", "hosts:1: port=23: a host has one port"),
        ("a.test names=all\n", "hosts:1: names=all: expected dns, address, packet or both"),
        ("a.test type=dsa\n", "hosts:1: type=dsa: unknown key type \"dsa\""),
        ("a.test key-file=\n", "hosts:1: key-file=: no file is named"),
        ("port=22\n", "hosts:1: no host: a name or an address must come first"),
        (
            "{\"name\": \"a.test\"}\n{\"name\": \"b.test\", \"nmae\": \"x\"}\n",
            "hosts:2: unknown field \"nmae\"; there are",
        ),
        ("[{\"name\": \"a.test\"}, {\"name\": 5}]", "hosts:1: host 2: \"name\" must be a text, or a list of texts"),
        ("[3]", "hosts:1: host 1: not an object"),
        ("{\"name\": \"a.test\"}\n{\"name\": ", "hosts:2: column "),
        ("{}", "hosts:1: no host: "),
    ] {
        let errors = wrong(text);
        assert!(errors.len() == 1 && errors[0].starts_with(error), "{text}: {errors:?}");
    }
    assert!(wrong("a.test fingerprint=MD5:x")[0].starts_with("hosts:1: fingerprint=MD5:x: "));
    assert!(wrong("*.test")[0].contains("no host name and no address"));
    assert!(wrong("a.test alias=10.0.0.1")[0].starts_with("hosts:1: alias=10.0.0.1: "));
    assert_eq!(read(b"a.test\n\xff", "hosts").unwrap_err(), ["hosts:2: not UTF-8 text"]);
    // All of it, not only the first.
    assert_eq!(wrong("a.test x=1\nb.test y=1\n").len(), 2);
}

#[test]
fn a_host_stands_there_once() {
    let twice = |text: &str, error: &str| assert_eq!(wrong(text), [error]);
    twice("a.test\nA.test 10.0.0.1\n", "hosts:2: a.test is another host's already: hosts:1");
    twice("a.test 10.0.0.1\nb.test 10.0.0.1\n", "hosts:2: 10.0.0.1 is another host's already: hosts:1");
    twice("a.test\n\nb.test alias=a.test\n", "hosts:3: a.test is another host's already: hosts:1");
    // A near-miss: another name.
    assert_eq!(read_text("a.test\na.test.test\n").unwrap().len(), 2);
}
