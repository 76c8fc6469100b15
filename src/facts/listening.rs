//! On which port a container's program listens: by its start command, by the environment, by the code that it starts.

use super::{
    Facts,
    compose::Service,
    images::{Image, start::Handover},
    processes::{self, PortShape},
    spring,
};
use crate::{
    code::shell::{self, Command, Program},
    model::Place,
    repo::{Component, Repo},
};

/// What is known of the ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// All of them, each with what shows it.
    At(Vec<(u16, Place)>),
    Unknown,
}

/// The value of a variable where the program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Set(String, Place),
    Unset,
    /// Something outside of the repository may set it.
    Unknown,
}

/// A program as it is started somewhere.
pub struct Start<'a> {
    pub repo: &'a Repo,
    pub facts: &'a Facts,
    pub component: &'a Component,
    /// The words of the start command.
    pub words: Vec<String>,
    pub place: Place,
    /// Gives the value of a variable.
    pub variable: Box<dyn Fn(&str) -> Value + 'a>,
}

/// How many package scripts are followed.
const MAX_SCRIPTS: usize = 4;

/// How `image` starts by itself, in the environment that it sets; `extra` is asked first.
pub fn of_image<'a>(
    repo: &'a Repo,
    facts: &'a Facts,
    image: &'a Image<'a>,
    extra: impl Fn(&str) -> Value + 'a,
) -> Option<Start<'a>> {
    let launch =
        image.launch(repo).filter(|launch| launch.handover != Handover::Unknown && !launch.words.is_empty())?;
    let variable = move |name: &str| match extra(name) {
        Value::Unset => of_stage(image, name),
        known => known,
    };
    let (words, place) = (launch.words, launch.place);
    Some(Start { repo, facts, component: image.component, words, place, variable: Box::new(variable) })
}

fn of_stage(image: &Image<'_>, name: &str) -> Value {
    let pair = image.dockerfile.env(image.stage, name);
    let Some(pair) = pair else { return Value::Unset };
    match pair.value.as_ref().map(|value| value.text.as_str()) {
        Some(text) if !text.contains('$') => Value::Set(text.to_owned(), image.place(pair.span)),
        _ => Value::Unknown,
    }
}

/// How a Compose service starts `image`: with its own command, when it has one, and its own environment.
pub fn of_service<'a>(
    repo: &'a Repo,
    facts: &'a Facts,
    image: &'a Image<'a>,
    service: &'a Service<'a>,
) -> Option<Start<'a>> {
    let own = service.last("command").or_else(|| service.last("entrypoint")).map(super::compose::Setting::place);
    let mut start = of_image(repo, facts, image, |name| of_compose(service, name));
    let Some(place) = own else { return start };
    let text = service.command();
    // An entry point of the image may do anything with the words.
    if image.start().0.is_some() && service.last("entrypoint").is_none() {
        return None;
    }
    let last = shell::commands(&text).into_iter().rfind(|command| !command.words.is_empty())?;
    let words: Vec<String> = last.words.into_iter().map(|word| word.text).collect();
    match &mut start {
        Some(start) => {
            start.words = words;
            start.place = place;
        }
        None => {
            let variable = move |name: &str| match of_compose(service, name) {
                Value::Unset => of_stage(image, name),
                known => known,
            };
            let component = image.component;
            start = Some(Start { repo, facts, component, words, place, variable: Box::new(variable) });
        }
    }
    start
}

fn of_compose(service: &Service<'_>, name: &str) -> Value {
    match service.variable(name) {
        Some(variable) => match variable.value {
            Some(value) if value.is_known() => Value::Set(value.text, variable.place),
            _ => Value::Unknown,
        },
        None if service.env_files().is_empty() => Value::Unset,
        None => Value::Unknown,
    }
}

impl Start<'_> {
    /// The ports on which the program listens.
    pub fn ports(&self) -> Heard {
        self.of_words(&self.words, 0)
    }

    fn of_words(&self, words: &[String], depth: usize) -> Heard {
        let text = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
        let commands = shell::commands(&text);
        let Some(command) = commands.iter().rfind(|command| !command.words.is_empty()) else { return Heard::Unknown };
        if let Some(name) = command.package_script()
            && depth < MAX_SCRIPTS
        {
            return self.of_script(name, depth);
        }
        self.of_command(command)
    }

    fn of_script(&self, name: &str, depth: usize) -> Heard {
        let script = self.component.manifests(self.repo).find_map(|manifest| manifest.script(name));
        let Some(script) = script else { return Heard::Unknown };
        let commands = shell::commands(&script.command);
        let started = commands.iter().rfind(|command| !command.words.is_empty());
        let Some(command) = started else { return Heard::Unknown };
        let sets = command.assignments.iter().any(|assignment| assignment.name == "PORT");
        let background = commands.iter().any(|command| command.after == Some(shell::Operator::Background));
        if sets || background {
            return Heard::Unknown;
        }
        let words: Vec<String> = command.words.iter().map(|word| word.text.clone()).collect();
        self.of_words(&words, depth + 1)
    }

    fn of_command(&self, command: &Command) -> Heard {
        let Some(program) = command.program() else { return Heard::Unknown };
        match program.name {
            "uvicorn" => self.by_option(&program, &["--port"], &["UVICORN_PORT"], 8000),
            "fastapi" => self.by_option(&program, &["--port"], &[], 8000),
            "gunicorn" | "hypercorn" => self.by_bind(&program),
            "streamlit" => self.by_option(&program, &["--server.port"], &["STREAMLIT_SERVER_PORT"], 8501),
            "flask" => self.by_option(&program, &["-p", "--port"], &["FLASK_RUN_PORT"], 5000),
            "next" | "rails" | "bin/rails" => self.by_option(&program, &["-p", "--port"], &["PORT"], 3000),
            "nuxt" | "nuxi" => self.by_option(&program, &["-p", "--port"], &["NUXT_PORT", "PORT"], 3000),
            "serve" => self.by_option(&program, &["-l", "--listen", "-p"], &["PORT"], 3000),
            "http-server" => self.by_option(&program, &["-p", "--port"], &["PORT"], 8080),
            "artisan" => self.by_option(&program, &["--port"], &["SERVER_PORT"], 8000),
            "php" if has(&program, "artisan") && has(&program, "serve") => {
                self.by_option(&program, &["--port"], &["SERVER_PORT"], 8000)
            }
            "java" => self.by_spring(),
            "python" | "python3" if program.arguments.iter().any(|word| word.text == "runserver") => {
                self.by_runserver(&program)
            }
            "python" | "python3" if program.arguments.first().is_some_and(|word| word.text == "-m") => {
                let words: Vec<String> = program.arguments[1..].iter().map(|word| word.text.clone()).collect();
                let known = matches!(words.first().map(String::as_str), Some("uvicorn" | "gunicorn" | "flask"));
                if known { self.of_words(&words, MAX_SCRIPTS) } else { Heard::Unknown }
            }
            "node" | "tsx" | "ts-node" | "bun" | "deno" | "nest" | "python" | "python3" | "nodemon" => self.by_code(),
            _ => Heard::Unknown,
        }
    }

    fn by_option(&self, program: &Program<'_>, options: &[&str], variables: &[&str], default: u16) -> Heard {
        if let Some(value) = options.iter().find_map(|option| program.option_value(option)) {
            let last = value.rsplit(':').next().unwrap_or(value);
            return self.number(if value.contains("${") { value } else { last });
        }
        // A short option may be glued to its value, and a file may hold what is not said here.
        let elsewhere = program.arguments.iter().any(|word| {
            let text = word.text.as_str();
            matches!(text, "-c" | "--config" | "--uds" | "--fd") || (text.starts_with("-p") && text.len() > 2)
        });
        if elsewhere {
            return Heard::Unknown;
        }
        for name in variables {
            match (self.variable)(name) {
                Value::Set(text, place) => {
                    return text.parse().map_or(Heard::Unknown, |port| Heard::At(vec![(port, place)]));
                }
                Value::Unknown => return Heard::Unknown,
                Value::Unset => {}
            }
        }
        self.at(default)
    }

    fn by_bind(&self, program: &Program<'_>) -> Heard {
        let bound = program.option_value("-b").or_else(|| program.option_value("--bind"));
        if let Some(value) = bound {
            if value.starts_with("unix:") {
                return Heard::Unknown;
            }
            let port = value.split_once(':').map_or(value, |(_, port)| port);
            return self.number(port);
        }
        let elsewhere = program.arguments.iter().any(|word| {
            let text = word.text.as_str();
            text.starts_with("-c") || text.starts_with("--config") || text.starts_with("-b")
        });
        let more = (self.variable)("GUNICORN_CMD_ARGS");
        if elsewhere || more != Value::Unset || self.has_configuration("gunicorn.conf.py") {
            return Heard::Unknown;
        }
        match (self.variable)("PORT") {
            Value::Unset => self.at(8000),
            Value::Set(text, place) => text.parse().map_or(Heard::Unknown, |port| Heard::At(vec![(port, place)])),
            Value::Unknown => Heard::Unknown,
        }
    }

    fn has_configuration(&self, name: &str) -> bool {
        self.repo.files().iter().any(|file| file.name() == name)
    }

    fn by_runserver(&self, program: &Program<'_>) -> Heard {
        let behind = program.arguments.iter().skip_while(|word| word.text != "runserver").skip(1);
        match behind.map(|word| word.text.as_str()).find(|word| !word.starts_with('-')) {
            Some(address) => self.number(address.rsplit(':').next().unwrap_or(address)),
            None => self.at(8000),
        }
    }

    /// Spring Boot listens on 8080 unless a setting says otherwise.
    fn by_spring(&self) -> Heard {
        let web = ["spring-boot-starter-web", "spring-boot-starter-webflux"];
        if !web.iter().any(|artifact| spring::declares(self.repo, self.component.id, artifact))
            || self.words.iter().any(|word| word.contains("server.port"))
        {
            return Heard::Unknown;
        }
        for name in ["SERVER_PORT", "JAVA_OPTS", "JAVA_TOOL_OPTIONS", "SPRING_APPLICATION_JSON"] {
            match (self.variable)(name) {
                Value::Set(text, place) if name == "SERVER_PORT" => {
                    return text.parse().map_or(Heard::Unknown, |port| Heard::At(vec![(port, place)]));
                }
                Value::Set(text, _) if !text.contains("port") => {}
                Value::Unset => {}
                _ => return Heard::Unknown,
            }
        }
        let management = spring::setting(self.repo, self.component, "management.server.port");
        let mut found = match spring::setting(self.repo, self.component, "server.port") {
            Some((text, place)) => match self.placeholder(&text) {
                Some(port) => vec![(port, place)],
                None => return Heard::Unknown,
            },
            None => vec![(8080, self.place.clone())],
        };
        if let Some((text, place)) = management {
            match self.placeholder(&text) {
                Some(port) => found.push((port, place)),
                None => return Heard::Unknown,
            }
        }
        Heard::At(found)
    }

    /// `8080`, or `${PORT:8080}` as Spring writes it.
    fn placeholder(&self, text: &str) -> Option<u16> {
        let Some(inner) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else {
            return text.parse().ok();
        };
        let (name, default) = inner.split_once(':')?;
        match (self.variable)(name) {
            Value::Set(text, _) => text.parse().ok(),
            Value::Unset => default.parse().ok(),
            Value::Unknown => None,
        }
    }

    /// What the code of the component listens on.
    fn by_code(&self) -> Heard {
        let mut found = Vec::new();
        for (file, signs) in processes::of_component(self.repo, self.facts, self.component) {
            for sign in &signs.ports {
                let port = match &sign.port {
                    PortShape::Number(port) => Some(*port),
                    PortShape::Variable { name, default } => self.valued(name, *default),
                    PortShape::Named => self.by_name(),
                    PortShape::Other => None,
                };
                let Some(port) = port else { return Heard::Unknown };
                found.push((port, Place::At(file, sign.span)));
            }
        }
        if found.is_empty() { Heard::Unknown } else { Heard::At(found) }
    }

    fn valued(&self, name: &str, default: Option<u16>) -> Option<u16> {
        match (self.variable)(name) {
            Value::Set(text, _) => text.parse().ok(),
            Value::Unset => default,
            Value::Unknown => None,
        }
    }

    /// The one variable of the component that is named like the port of a server, with its default in the code.
    fn by_name(&self) -> Option<u16> {
        const NAMES: [&str; 8] =
            ["PORT", "APP_PORT", "SERVER_PORT", "API_PORT", "HTTP_PORT", "WEB_PORT", "NODE_PORT", "SERVICE_PORT"];
        let mut name: Option<&str> = None;
        let mut default = None;
        for (file, facts) in self.facts.files().filter(|(file, _)| {
            let file = self.repo.file(*file);
            file.component == self.component.id && file.role == crate::repo::Role::Source
        }) {
            for read in facts.environment.iter().filter(|read| NAMES.contains(&read.variable.as_str())) {
                if name.is_some_and(|known| known != read.variable) {
                    return None;
                }
                name = Some(&read.variable);
                if let super::environment::Fallback::Literal { span, .. } = read.fallback {
                    let text = self.repo.read(file).ok()?;
                    let written = text.get(span.range())?.trim_matches(['"', '\'', '`']);
                    let port: u16 = written.parse().ok()?;
                    if default.is_some_and(|known| known != port) {
                        return None;
                    }
                    default = Some(port);
                }
            }
        }
        self.valued(name?, default)
    }

    /// A port as a command writes it: a number, or a variable with or without a default.
    fn number(&self, text: &str) -> Heard {
        if let Ok(port) = text.parse() {
            return self.at(port);
        }
        let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| text.strip_prefix('$'));
        let Some(inner) = inner else { return Heard::Unknown };
        let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, default)| (name, Some(default)));
        match (self.variable)(name) {
            Value::Set(text, place) => text.parse().map_or(Heard::Unknown, |port| Heard::At(vec![(port, place)])),
            Value::Unset => {
                default.and_then(|default| default.parse().ok()).map_or(Heard::Unknown, |port| self.at(port))
            }
            Value::Unknown => Heard::Unknown,
        }
    }

    fn at(&self, port: u16) -> Heard {
        Heard::At(vec![(port, self.place.clone())])
    }
}

fn has(program: &Program<'_>, word: &str) -> bool {
    program.arguments.iter().any(|argument| argument.text == word)
}

/// A word as the shell's reader takes it for one word again; expansions stay as they are.
fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && !word.contains([' ', '\'', '"', '&', '|', ';', '<', '>', '(', ')']);
    if plain {
        word.to_owned()
    } else if word.contains('\'') {
        format!("\"{}\"", word.replace('"', "\\\""))
    } else {
        format!("'{word}'")
    }
}
