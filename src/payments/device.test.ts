import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { deviceOf, DEVICES } from './device.ts';

const ask = (userAgent: string, mobile = '', platform = '') => deviceOf({ userAgent, mobile, platform });

describe('the payer’s device', () => {
  test('is told by what browsers of each kind send', () => {
    assert.equal(ask('Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1'), 'phone');
    assert.equal(ask('Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36'), 'phone');
    assert.equal(ask('Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0'), 'phone');
    assert.equal(ask('Mozilla/5.0 (Linux; Android 13; SM-X710) AppleWebKit/537.36 Chrome/130.0 Safari/537.36'), 'tablet');
    assert.equal(ask('Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1'), 'tablet');
    assert.equal(ask('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36'), 'desktop');
    assert.equal(ask('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15'), 'desktop');
    assert.equal(ask('curl/8.5.0'), 'unknown');
    assert.equal(ask(''), 'unknown');
  });
  test('is told by the hints before the name of the browser', () => {
    assert.equal(ask('Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0', '?1', '"Android"'), 'phone');
    assert.equal(ask('Mozilla/5.0 (Linux; Android 10; K) Chrome/130.0', '?0', '"Android"'), 'tablet');
    assert.equal(ask('', '?0', '"Windows"'), 'desktop');
  });
  test('is one of four classes, whatever is sent', () => {
    fc.assert(fc.property(fc.string(), fc.string(), fc.string(), (userAgent, mobile, platform) => DEVICES.includes(deviceOf({ userAgent, mobile, platform }))));
  });
});
