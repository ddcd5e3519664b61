/** What kind of device a payer holds, as coarse as a share of phones needs; nothing else of what a browser says is kept. Pure. */

export const DEVICES = ['phone', 'tablet', 'desktop', 'unknown'] as const;
export type Device = (typeof DEVICES)[number];

/** What a browser sends unasked: `User-Agent`, and the client hints `Sec-CH-UA-Mobile` (`?1`) and `Sec-CH-UA-Platform` (`"Android"`). */
export type DeviceHeaders = { readonly userAgent: string; readonly mobile: string; readonly platform: string };

/** The hints first: they are made for this. A tablet with Android says that it is not mobile, and an iPad since 2019 that it is a Mac: that one counts as a desktop. */
export function deviceOf({ userAgent, mobile, platform }: DeviceHeaders): Device {
  if (mobile === '?1') return 'phone';
  if (mobile === '?0' && platform !== '') return /android|ios/i.test(platform) ? 'tablet' : 'desktop';
  if (/ipad|tablet|playbook|silk|kindle/i.test(userAgent)) return 'tablet';
  if (/iphone|ipod|mobile|windows phone/i.test(userAgent)) return 'phone';
  if (/android/i.test(userAgent)) return 'tablet';
  return /windows nt|macintosh|x11|cros/i.test(userAgent) ? 'desktop' : 'unknown';
}
