//! Patterns of path-to-regexp, as Next.js's matchers and Clerk's route matchers write them.

use regex::Regex;

/// A path as a request has it: every dynamic segment filled in.
pub(super) fn sample(path: &str) -> String {
    path.split('/')
        .map(|segment| match segment {
            segment if segment.starts_with("[[...") || segment.starts_with("[...") => "x/y",
            segment if segment.starts_with('[') => "x",
            segment => segment,
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Whether `path` matches `pattern`: `/dashboard/:path*`, `/api/(.*)`, `/((?!api|_next).*)`.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, excluded) = without_lookahead(pattern);
    if let Some((before, alternatives)) = excluded {
        let Some(rest) = anchored(&before).and_then(|before| {
            let found = before.find(path)?;
            Some(&path[found.end()..])
        }) else {
            return false;
        };
        let stops = Regex::new(&format!("^(?:{alternatives})")).is_ok_and(|stops| stops.is_match(rest));
        if stops {
            return false;
        }
    }
    let whole = format!("^{}/?$", translated(&pattern));
    Regex::new(&whole).is_ok_and(|whole| whole.is_match(path))
}

fn anchored(before: &str) -> Option<Regex> {
    Regex::new(&format!("^{}", translated(before))).ok()
}

/// Takes out the first `(?!…)`: the pattern without it, what stands before it, and what must not follow there.
fn without_lookahead(pattern: &str) -> (String, Option<(String, String)>) {
    let Some(start) = pattern.find("(?!") else { return (pattern.to_owned(), None) };
    let mut depth = 0usize;
    let mut end = None;
    let bytes = pattern.as_bytes();
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    end = Some(at);
                    break;
                }
            }
            _ => {}
        }
        at += 1;
    }
    let Some(end) = end else { return (pattern.to_owned(), None) };
    let inner = pattern[start + 3..end].to_owned();
    let before = pattern[..start].trim_end_matches('(').to_owned();
    (format!("{}{}", &pattern[..start], &pattern[end + 1..]), Some((before, inner)))
}

/// Named parameters as regular expressions; what is written as one stays.
fn translated(pattern: &str) -> String {
    let mut out = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ':' if letters.peek().is_some_and(|next| next.is_alphabetic()) => {
                while letters.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_') {
                    letters.next();
                }
                let mut inner = "[^/]+".to_owned();
                if letters.peek() == Some(&'(') {
                    inner.clear();
                    for next in letters.by_ref() {
                        inner.push(next);
                        if next == ')' {
                            break;
                        }
                    }
                }
                let slash = out.ends_with('/');
                match letters.peek() {
                    Some('*') => {
                        letters.next();
                        if slash {
                            out.pop();
                        }
                        out.push_str("(?:/.*)?");
                    }
                    Some('+') => {
                        letters.next();
                        out.push_str(".+");
                    }
                    Some('?') => {
                        letters.next();
                        if slash {
                            out.pop();
                        }
                        out.push_str("(?:/[^/]+)?");
                    }
                    _ => out.push_str(&inner),
                }
            }
            '*' if out.ends_with('/') => out.push_str(".*"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_the_framework_says() {
        for (pattern, path, expected) in [
            ("/dashboard/:path*", "/dashboard", true),
            ("/dashboard/:path*", "/dashboard/a/b", true),
            ("/dashboard/:path*", "/dash", false),
            ("/((?!api|_next/static|favicon.ico).*)", "/users", true),
            ("/((?!api|_next/static|favicon.ico).*)", "/api/users", false),
            ("/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|png)).*)", "/api/users", true),
            ("/(api|trpc)(.*)", "/api/users", true),
            ("/(api|trpc)(.*)", "/users", false),
            ("/((?!.*\\..*|_next).*)", "/users", true),
            ("/sign-in(.*)", "/sign-in/factor", true),
            ("/about", "/about", true),
            ("/", "/", true),
            ("/", "/about", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }
}
