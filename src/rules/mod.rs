//! The coded rules, one file each, by category.
