export * from './matchers.js';
