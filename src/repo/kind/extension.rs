//! Kinds by the ending of a name alone.

use super::FileKind;
use crate::code::Language;

/// The kind that an extension, in lower case, stands for.
pub(super) fn by_extension(extension: &str) -> Option<FileKind> {
    if Language::of_extension(extension).is_some() {
        return Some(FileKind::Code);
    }
    Some(match extension {
        "go" | "java" | "rb" | "php" | "rs" | "kt" | "kts" | "cs" | "fs" | "vb" | "scala" | "sc" | "ex" | "exs"
        | "erl" | "hrl" | "swift" | "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "m" | "mm" | "dart" | "lua"
        | "pl" | "pm" | "r" | "jl" | "clj" | "cljs" | "cljc" | "edn" | "groovy" | "gradle" | "hs" | "ml" | "mli"
        | "nim" | "zig" | "v" | "cr" | "elm" | "purs" | "sol" | "move" | "vue" | "svelte" | "astro" | "erb"
        | "haml" | "ejs" | "hbs" | "pug" | "jade" | "twig" | "liquid" | "j2" | "jinja" | "jinja2" | "proto"
        | "thrift" | "graphql" | "gql" | "coffee" | "ps1" | "psm1" | "bat" | "cmd" | "awk" | "nix" | "rego" | "cue"
        | "jsonnet" | "libsonnet" | "ipynb" | "asm" | "s" | "f90" | "pas" | "cob" | "razor" | "cshtml" | "jsp"
        | "tcl" | "vala" | "bicep" | "hx" | "wat" | "glsl" | "wgsl" | "cu" | "star" | "bzl" => FileKind::OtherCode,
        "tf" | "tfvars" | "tofu" => FileKind::Terraform,
        "prisma" => FileKind::Prisma,
        "sql" | "psql" | "pgsql" => FileKind::Sql,
        "sh" | "bash" | "zsh" | "fish" | "ksh" => FileKind::Shell,
        "md" | "mdx" | "markdown" | "mdc" => FileKind::Markdown,
        "html" | "htm" | "xhtml" => FileKind::Html,
        "css" | "scss" | "sass" | "less" | "styl" | "pcss" => FileKind::Css,
        "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "avif" | "ico" | "bmp" | "tif" | "tiff" | "heic" | "icns" => {
            FileKind::Image
        }
        "yml" | "yaml" | "json" | "jsonc" | "json5" | "toml" | "xml" | "ini" | "cfg" | "conf" | "properties"
        | "csv" | "tsv" | "ndjson" | "jsonl" | "geojson" | "webmanifest" | "hcl" | "plist" | "po" | "pot" | "xlf"
        | "resx" | "snap" | "csproj" | "fsproj" | "vbproj" | "sln" | "props" | "targets" | "lock" | "map" | "avsc"
        | "har" | "code-workspace" | "config" | "service" | "timer" | "socket" | "cff" => FileKind::Data,
        "txt" | "rst" | "adoc" | "asciidoc" | "tex" | "log" | "diff" | "patch" | "org" | "pem" | "crt" | "cer"
        | "key" | "pub" | "feature" => FileKind::Text,
        "pdf" | "zip" | "gz" | "tgz" | "bz2" | "xz" | "zst" | "7z" | "rar" | "tar" | "jar" | "war" | "ear"
        | "class" | "so" | "dylib" | "dll" | "exe" | "bin" | "dat" | "db" | "sqlite" | "sqlite3" | "wasm" | "pyc"
        | "pyo" | "o" | "a" | "lib" | "woff" | "woff2" | "ttf" | "otf" | "eot" | "mp3" | "mp4" | "mov" | "avi"
        | "webm" | "wav" | "ogg" | "flac" | "psd" | "ai" | "sketch" | "fig" | "xls" | "xlsx" | "doc" | "docx"
        | "ppt" | "pptx" | "parquet" | "onnx" | "pt" | "pth" | "h5" | "pkl" | "npy" | "npz" | "mmdb" | "jks"
        | "p12" | "pfx" | "keystore" | "node" | "gguf" | "safetensors" => FileKind::Binary,
        _ => return None,
    })
}
