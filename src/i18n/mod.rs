//! Interface strings in English and Russian, with plural forms.
