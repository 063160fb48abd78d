/**
 * As long as nothing else is said, the API runs for production: graphql-js then takes a type for what it is, and does not look for
 * a second copy of itself with each value of an answer. Imported before everything that imports it.
 */
process.env['NODE_ENV'] ??= 'production'
