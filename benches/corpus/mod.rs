//! What the benches measure on: a generated service, or the folder that `READINESS_BENCH_DIR` names.

use std::{fs, path::Path};

use camino::{Utf8Path, Utf8PathBuf};

/// Files in a package of the generated repository.
const PACKAGE: usize = 100;

/// A folder to scan; a generated one goes away with it.
pub(crate) struct Corpus {
    root: Utf8PathBuf,
    _made: Option<tempfile::TempDir>,
}

impl Corpus {
    /// The folder at `named`, else [`Self::generated`] with `files` files.
    pub(crate) fn at(named: Option<String>, files: usize) -> Self {
        named.map_or_else(|| Self::generated(files), |root| Self { root: root.into(), _made: None })
    }

    /// A repository of about `files` files: packages of handlers, queries, tests and settings that import each other.
    fn generated(files: usize) -> Self {
        let made = tempfile::tempdir().expect("there is a folder for temporary files");
        write(made.path(), files);
        let root = Utf8PathBuf::from_path_buf(made.path().to_path_buf()).expect("its path is UTF-8");
        Self { root, _made: Some(made) }
    }

    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }
}

fn write(root: &Path, files: usize) {
    put(root, "package.json", r#"{"name": "shop", "private": true, "workspaces": ["packages/*"]}"#);
    put(root, "Dockerfile", "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n");
    for number in 0..files {
        let package = format!("packages/p{}", number / PACKAGE);
        if number % PACKAGE == 0 {
            let manifest = format!(
                "{{\"name\": \"@shop/p{}\", \"scripts\": {{\"start\": \"node src/f0.js\"}}, \"dependencies\": \
                 {{\"express\": \"^5.0.0\", \"pg\": \"^8.0.0\"}}}}",
                number / PACKAGE
            );
            put(root, &format!("{package}/package.json"), &manifest);
        }
        let (name, text) = source(number);
        put(root, &format!("{package}/{name}"), &text);
    }
}

/// One file: which of a few forms it has depends on its number.
fn source(number: usize) -> (String, String) {
    let place = number % PACKAGE;
    let next = (place / 10 * 10).max(1) - 1;
    match number % 10 {
        0 => (
            format!("src/f{place}.ts"),
            format!(
                "import express from 'express';\nimport {{ find{place} }} from './f{}';\n\nconst router = \
                 express.Router();\nrouter.get('/items/:id', requireUser, async (req, res, next) => {{\n  try {{\n    \
                 const item = await find{place}(req.params.id);\n    if (!item) return res.status(404).json({{ error: \
                 'not found' }});\n    res.json(item);\n  }} catch (error) {{\n    console.error(error);\n    \
                 next(error);\n  }}\n}});\nfunction requireUser(req, res, next) {{\n  if (!req.user) return \
                 res.status(401).end();\n  next();\n}}\nexport default router;\n",
                place + 1
            ),
        ),
        1 => (
            format!("src/f{place}.ts"),
            format!(
                "import {{ Pool }} from 'pg';\nconst pool = new Pool({{ connectionString: process.env.DATABASE_URL \
                 }});\nexport async function find{}(id: string) {{\n  const found = await pool.query('select * from \
                 items where id = $1', [id]);\n  return found.rows[0];\n}}\n",
                place - 1
            ),
        ),
        2 => (
            format!("app/m{place}.py"),
            format!(
                "import os\nimport requests\n\nLIMIT = int(os.environ.get('LIMIT', '10'))\n\n\ndef load_{place}(url: \
                 str) -> dict:\n    answer = requests.get(url, timeout=LIMIT)\n    answer.raise_for_status()\n    \
                 return answer.json()\n"
            ),
        ),
        3 => (
            format!("tests/t{place}.test.ts"),
            format!("import {{ f }} from '../src/f{next}';\n\nit('works', () => {{ expect(f()).toBe({place}); }});\n"),
        ),
        4 => (format!("config/c{place}.yaml"), format!("name: c{place}\nlimits:\n  requests: {number}\n  burst: 10\n")),
        5 => (
            format!("docs/d{place}.md"),
            format!("# Part {place}\n\nHow part {place} is run and what it needs.\n\n- `LIMIT`\n"),
        ),
        _ => (
            format!("src/f{place}.ts"),
            format!(
                "export interface Item{place} {{ id: string; name: string; price: number }}\n\nexport function \
                 total{place}(items: Item{place}[], rate = 0.2): number {{\n  let sum = 0;\n  for (const item of items) \
                 {{\n    if (item.price > {number}) sum += item.price * (1 + rate);\n    else sum += \
                 item.price;\n  }}\n  return Math.round(sum * 100) / 100;\n}}\n\nexport const names{place} = (items: \
                 Item{place}[]) => items.map((item) => `${{item.id}}: ${{item.name}}`).join(', ');\n"
            ),
        ),
    }
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    let folder = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).expect("the temporary folder can be written");
}
