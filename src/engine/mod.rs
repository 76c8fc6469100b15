//! Plans which rules run, observes every file once, concludes per rule and component.
