//! The configuration file, its layers, and errors that show the line.
