#!/usr/bin/env node
'use strict';
const path = require('node:path');
const { Router, json: parse, ...others } = require('express');
const connect = require('database').pool.connect;
const lazy = await import('./lazy');
const { default: first, second = 1 } = await import('./named');
const computed = require(name);
let later;
later = require('later');
module.exports = { path, Router };
exports.run = function run() { return parse(lazy, first, second, others, connect, computed, later); };
