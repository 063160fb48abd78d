/**
 * Sets NODE_ENV to production unless it is set. In production graphql-js does not check with each value of an
 * answer whether there is a second copy of itself. This module must be imported before graphql is.
 */
process.env['NODE_ENV'] ??= 'production'
