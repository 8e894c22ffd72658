//! Resolves trees: template names, functions, variable slots; all static checks of templates.
