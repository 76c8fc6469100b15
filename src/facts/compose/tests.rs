//! Projects from small repositories.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::*;
use crate::{
    facts::Facts,
    model::Place,
    repo::{Repo, WalkOptions},
};

fn repo(files: &[(&str, &str)]) -> (tempfile::TempDir, Repo) {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    for (path, content) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let repo = Repo::open(root, &WalkOptions::default()).unwrap();
    (folder, repo)
}

fn found(repo: &Repo) -> Vec<Project<'_>> {
    projects(repo, &Facts::default())
}

fn titles(repo: &Repo) -> Vec<(String, &'static str)> {
    found(repo).iter().map(|project| (project.title(), project.stage.name())).collect()
}

fn text_at(repo: &Repo, place: &Place) -> String {
    let Place::At(file, span) = place else { return String::new() };
    let text = repo.read(*file).unwrap();
    format!("{}: {}", repo.file(*file).path, &text[span.range()])
}

const BASE: &str = "services:
  web:
    image: shop:${TAG:-1}
    environment:
      NODE_ENV: production
      LOG: info
    ports: ['80:3000']
    depends_on: [db]
  db:
    image: postgres:16
    volumes: ['data:/var/lib/postgresql/data']
volumes:
  data:
";

#[test]
fn an_override_is_laid_over_its_base() {
    let (_folder, repo) = repo(&[
        ("compose.yml", BASE),
        (
            "compose.override.yml",
            "services:
  web:
    environment: [LOG=debug]
    ports: ['127.0.0.1:9229:9229']
    depends_on:
      db: {condition: service_healthy}
  db:
    ports: !override ['5432:5432']
    volumes: !reset []
",
        ),
        (".env", "TAG=2\n"),
    ]);
    let projects = found(&repo);
    assert_eq!(projects.len(), 1);
    let web = projects[0].service("web").unwrap();
    assert_eq!(web.image().as_deref(), Some("shop:2"));
    assert_eq!(text_at(&repo, &web.at(&["image"]).unwrap().1), "compose.yml: image");
    let log = web.variable("LOG").unwrap();
    assert_eq!(text_at(&repo, &log.place), "compose.override.yml: LOG=debug");
    assert_eq!(web.ports().len(), 2);
    assert_eq!(web.dependencies()[0].condition, Condition::Healthy);
    let db = projects[0].service("db").unwrap();
    assert_eq!(db.kind, ServiceKind::Datastore("PostgreSQL"));
    assert!(db.mounts().is_empty());
    assert_eq!(projects[0].dependents("db").count(), 1);
    assert!(projects[0].reaches(web, db));
}

#[test]
fn variants_are_laid_over_their_base_when_they_are_partial() {
    let over = "services:\n  web:\n    restart: always\n";
    let whole = "services:\n  web:\n    image: shop\n";
    let (_folder, repo) = repo(&[
        ("docker-compose.yml", BASE),
        ("docker-compose.prod.yml", over),
        ("docker-compose.dev.yml", over),
        ("docker-compose.staging.yml", whole),
    ]);
    assert_eq!(
        titles(&repo),
        [
            ("docker-compose.staging.yml".to_owned(), "staging"),
            ("docker-compose.yml + docker-compose.dev.yml".to_owned(), "development"),
            ("docker-compose.yml + docker-compose.prod.yml".to_owned(), "production"),
        ]
    );
}

#[test]
fn commands_and_documents_tell_what_is_started_together() {
    let whole = "services:\n  db:\n    image: postgres\n";
    let (_folder, repo) = repo(&[
        ("infra/compose.yml", BASE),
        ("infra/compose.metrics.yml", whole),
        ("compose.yml", BASE),
        ("deploy.sh", "docker compose up -d\n"),
        ("README.md", "Run `docker compose -f infra/compose.yml -f infra/compose.metrics.yml up -d`.\n"),
    ]);
    let titles = titles(&repo);
    assert!(titles.contains(&("infra/compose.yml + infra/compose.metrics.yml".to_owned(), "production")), "{titles:?}");
    assert!(titles.contains(&("compose.yml".to_owned(), "production")), "{titles:?}");
    assert_eq!(titles.len(), 2, "{titles:?}");
}

#[test]
fn services_inherit_by_extends_and_projects_by_include() {
    let (_folder, repo) = repo(&[
        (
            "compose.yml",
            "include: [ops/metrics.yml, gone.yml]
services:
  base: &base
    image: shop
    restart: always
  web:
    extends: {file: common/compose.yml, service: node}
    ports: ['80:80']
  worker:
    <<: *base
    command: work
  lost:
    extends: nobody
",
        ),
        ("common/compose.yml", "services:\n  node:\n    build: ./app\n    mem_limit: 1g\n"),
        ("ops/metrics.yml", "services:\n  prometheus:\n    image: prom/prometheus\n    volumes: ['./p.yml:/p.yml']\n"),
    ]);
    let projects = found(&repo);
    let project = projects.iter().find(|project| project.files[0].path == "compose.yml").unwrap();
    let web = project.service("web").unwrap();
    assert_eq!(web.build.as_ref().unwrap().context, Utf8PathBuf::from("common/app"));
    assert_eq!(text_at(&repo, &web.memory_limit().unwrap().place), "common/compose.yml: mem_limit");
    assert_eq!(project.service("worker").unwrap().restart().unwrap().0, "always");
    let mounts = project.service("prometheus").unwrap().mounts();
    assert_eq!(mounts[0].path.as_deref(), Some(Utf8Path::new("ops/p.yml")));
    let missing: Vec<&str> = project.unresolved.iter().map(|missing| missing.name.as_str()).collect();
    assert_eq!(missing, ["gone.yml", "nobody"]);
}

#[test]
fn the_stage_is_told_by_names_settings_and_mounts() {
    for (path, content, expected) in [
        ("docker-compose.yml", "services: {web: {build: ., volumes: ['.:/app']}}", "development"),
        ("docker-compose.yml", "services: {web: {build: ., environment: {NODE_ENV: production}}}", "production"),
        ("docker-compose.yml", "services: {web: {build: ., environment: ['DEBUG=${DEBUG:-True}']}}", "development"),
        ("docker-compose.yml", "services: {db: {image: postgres}}", "development"),
        ("docker-compose.yml", "services: {web: {build: .}}", ""),
        ("deploy/docker-compose.yml", "services: {web: {build: .}}", "production"),
        ("docker-compose.ci.yml", "services: {web: {build: .}}", "test"),
    ] {
        let (_folder, repo) = repo(&[(path, content)]);
        assert_eq!(titles(&repo), [(path.to_owned(), expected)], "{content}");
    }
}

#[test]
fn networks_decide_who_reaches_whom() {
    let (_folder, repo) = repo(&[(
        "compose.yml",
        "services:
  web: {image: a, networks: [front]}
  api: {image: b, networks: {front: null, back: null}}
  db: {image: postgres, networks: [back]}
networks: {front: {name: edge}, back: {}}
",
    )]);
    let projects = found(&repo);
    let reaches = |from: &str, to: &str| {
        projects[0].reaches(projects[0].service(from).unwrap(), projects[0].service(to).unwrap())
    };
    assert!(reaches("web", "api") && reaches("api", "db") && !reaches("web", "db"));
}
