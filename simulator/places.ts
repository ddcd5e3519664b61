/**
 * Where holders live: cities, streets, postal codes, zones and telephone numbers. Numbers come from ranges kept free for fiction where there
 * are such (United States 555-0100 to 0199; Germany: those that the Bundesnetzagentur names for film and television); elsewhere from
 * prefixes that, as far as we know, no operator has been given.
 */

import { type Random } from '../src/kernel/index.ts';
import { type Market } from './behaviour.ts';

export type Place = {
  readonly city: string;
  readonly address: string;
  readonly postalCode: string | null;
  readonly timeZone: string;
  readonly subdivision: string | null;
  readonly rural: boolean;
};

type City = { readonly name: string; readonly postal: string; readonly weight: number; readonly zone: string; readonly subdivision: string | null; readonly districts: readonly string[]; readonly rural: boolean };
const city = (name: string, postal: string, weight: number, zone: string, districts: string, subdivision: string | null = null): City =>
  ({ name, postal, weight, zone, subdivision, districts: districts.split(' '), rural: weight <= 2 });

const SHANGHAI = 'Asia/Shanghai';
const CITIES: Readonly<Record<Market, readonly City[]>> = {
  CN: [
    city('上海市', '200', 12, SHANGHAI, '浦东新区 徐汇区 静安区 杨浦区 闵行区'), city('北京市', '100', 12, SHANGHAI, '朝阳区 海淀区 西城区 丰台区 通州区'),
    city('广州市', '510', 9, SHANGHAI, '天河区 越秀区 海珠区 番禺区'), city('深圳市', '518', 9, SHANGHAI, '福田区 南山区 罗湖区 宝安区'),
    city('杭州市', '310', 6, SHANGHAI, '西湖区 拱墅区 滨江区 余杭区'), city('成都市', '610', 7, SHANGHAI, '武侯区 锦江区 青羊区 成华区'),
    city('武汉市', '430', 5, SHANGHAI, '武昌区 江汉区 洪山区'), city('西安市', '710', 4, SHANGHAI, '雁塔区 碑林区 未央区'), city('南京市', '210', 4, SHANGHAI, '鼓楼区 玄武区 建邺区'),
    city('重庆市', '400', 5, SHANGHAI, '渝中区 江北区 沙坪坝区'), city('绵阳市', '621', 2, SHANGHAI, '涪城区 三台县 江油市'), city('阜阳市', '236', 2, SHANGHAI, '颍州区 太和县 临泉县'),
    city('梅州市', '514', 2, SHANGHAI, '梅江区 兴宁市 五华县'),
  ],
  HK: [
    city('香港', '', 8, 'Asia/Hong_Kong', '中環 灣仔 銅鑼灣 北角 筲箕灣 西營盤'), city('九龍', '', 9, 'Asia/Hong_Kong', '旺角 油麻地 深水埗 觀塘 黃大仙 紅磡'),
    city('新界', '', 9, 'Asia/Hong_Kong', '沙田 荃灣 屯門 元朗 大埔 將軍澳'),
  ],
  TW: [
    city('臺北市', '106', 9, 'Asia/Taipei', '大安區 信義區 中山區 松山區 文山區'), city('新北市', '220', 10, 'Asia/Taipei', '板橋區 中和區 新莊區 淡水區'),
    city('桃園市', '330', 6, 'Asia/Taipei', '桃園區 中壢區 八德區'), city('臺中市', '407', 7, 'Asia/Taipei', '西屯區 北屯區 南屯區'), city('臺南市', '700', 5, 'Asia/Taipei', '中西區 安平區 永康區'),
    city('高雄市', '802', 7, 'Asia/Taipei', '苓雅區 三民區 左營區'), city('嘉義縣', '621', 2, 'Asia/Taipei', '民雄鄉 水上鄉 太保市'), city('花蓮縣', '970', 2, 'Asia/Taipei', '花蓮市 吉安鄉 玉里鎮'),
  ],
  PH: [
    city('Quezon City', '1103', 9, 'Asia/Manila', 'Diliman Project-4 Kamuning'), city('Makati', '1203', 6, 'Asia/Manila', 'Poblacion San-Antonio Guadalupe-Nuevo'),
    city('Manila', '1004', 7, 'Asia/Manila', 'Malate Sampaloc Tondo'), city('Cebu City', '6000', 5, 'Asia/Manila', 'Lahug Mabolo Guadalupe'), city('Davao City', '8000', 5, 'Asia/Manila', 'Buhangin Talomo Poblacion'),
    city('Baguio', '2600', 2, 'Asia/Manila', 'Irisan Camp-7'), city('San Pablo', '4000', 2, 'Asia/Manila', 'San-Lucas Del-Remedio'),
  ],
  DE: [
    city('Berlin', '10', 8, 'Europe/Berlin', '969 115 247 785'), city('Hamburg', '20', 6, 'Europe/Berlin', '095 249 357'), city('München', '80', 6, 'Europe/Berlin', '331 469 799'),
    city('Köln', '50', 5, 'Europe/Berlin', '667 823 939'), city('Frankfurt am Main', '60', 4, 'Europe/Berlin', '311 433 594'), city('Leipzig', '04', 3, 'Europe/Berlin', '109 229 315'),
    city('Bad Belzig', '14', 2, 'Europe/Berlin', '806'), city('Husum', '25', 2, 'Europe/Berlin', '813'),
  ],
  US: [
    city('New York', '100', 6, 'America/New_York', '12 23 25 31', 'NY'), city('Buffalo', '142', 3, 'America/New_York', '09 14 22', 'NY'),
    city('Los Angeles', '900', 6, 'America/Los_Angeles', '12 19 26 41', 'CA'), city('San Diego', '921', 3, 'America/Los_Angeles', '03 16 22', 'CA'), city('Sacramento', '958', 3, 'America/Los_Angeles', '14 22 31', 'CA'),
    city('Houston', '770', 4, 'America/Chicago', '04 19 36', 'TX'), city('Austin', '787', 3, 'America/Chicago', '04 31 45', 'TX'), city('El Paso', '799', 2, 'America/Denver', '02 12 36', 'TX'),
    city('Miami', '331', 4, 'America/New_York', '29 45 76', 'FL'), city('Tampa', '336', 3, 'America/New_York', '06 11 29', 'FL'), city('Pensacola', '325', 2, 'America/Chicago', '01 06 14', 'FL'),
    city('Chicago', '606', 5, 'America/Chicago', '14 22 47', 'IL'), city('Springfield', '627', 2, 'America/Chicago', '02 04', 'IL'), city('Seattle', '981', 3, 'America/Los_Angeles', '03 15 22', 'WA'),
    city('Philadelphia', '191', 3, 'America/New_York', '03 25 47', 'PA'), city('Atlanta', '303', 3, 'America/New_York', '08 12 27', 'GA'), city('Phoenix', '850', 3, 'America/Phoenix', '04 16 32', 'AZ'),
    city('Denver', '802', 2, 'America/Denver', '05 11 19', 'CO'),
  ],
};

const weighted = (cities: readonly City[]): readonly City[] => cities.flatMap((one) => Array.from({ length: one.weight }, () => one));
const DRAWN: Readonly<Record<Market, readonly City[]>> = {
  CN: weighted(CITIES.CN), HK: weighted(CITIES.HK), TW: weighted(CITIES.TW), PH: weighted(CITIES.PH), DE: weighted(CITIES.DE), US: weighted(CITIES.US),
};

const CN_ROADS = '人民 中山 解放 建设 和平 文化 长江 学府 滨江 新华'.split(' ');
const HK_ROADS = '彌敦道 皇后大道 英皇道 青山公路 獅子山道 軒尼詩道 太子道 福華街'.split(' ');
const HK_ROADS_LATIN = ['Nathan Road', 'King’s Road', 'Hennessy Road', 'Castle Peak Road', 'Prince Edward Road', 'Fuk Wa Street'];
const HK_LATIN: Readonly<Record<string, string>> = { 香港: 'Hong Kong', 九龍: 'Kowloon', 新界: 'New Territories' };
const TW_ROADS = '中山路 中正路 民生路 復興路 和平路 仁愛路 光復路 成功路'.split(' ');
const PH_ROADS = ['Mabini St.', 'Rizal Ave.', 'Bonifacio St.', 'Sampaguita St.', 'Luna St.', 'Narra St.'];
const DE_ROADS = 'Lindenstraße Hauptstraße Gartenweg Bahnhofstraße Schillerstraße Am_Markt Birkenallee Mozartstraße Kirchgasse'.split(' ');
const US_ROADS = ['Maple Ave', 'Oak St', 'Washington Blvd', 'Cedar Ln', 'Lakeview Dr', '2nd St', 'Elm St', 'Sunset Dr', 'Park Ave', 'Hickory Rd'];

const digits = (value: number, length: number): string => String(value).padStart(length, '0');

export function placeOf(market: Market, latin: boolean, random: Random): Place {
  const chosen = random.pick(DRAWN[market]);
  const district = random.pick(chosen.districts);
  const base = { city: chosen.name, timeZone: chosen.zone, subdivision: chosen.subdivision, rural: chosen.rural };
  const house = random.integer(1, 388);
  switch (market) {
    case 'CN': return { ...base, address: `${district}${random.pick(CN_ROADS)}路${house}号${random.integer(1, 28)}栋${random.integer(1, 30)}0${random.integer(1, 8)}室`, postalCode: chosen.postal + digits(random.integer(0, 99), 2) + '0' };
    case 'HK': {
      const [floor, flat] = [random.integer(1, 38), 'ABCDEFGH'[random.integer(0, 7)] ?? 'A'];
      return latin
        ? { ...base, city: HK_LATIN[chosen.name] ?? chosen.name, address: `Flat ${flat}, ${floor}/F, ${house} ${random.pick(HK_ROADS_LATIN)}`, postalCode: null }
        : { ...base, address: `${district}${random.pick(HK_ROADS)}${house}號${floor}樓${flat}室`, postalCode: null };
    }
    case 'TW': return { ...base, address: `${district}${random.pick(TW_ROADS)}${house}號${random.integer(2, 18)}樓`, postalCode: chosen.postal + digits(random.integer(0, 99), 2) };
    case 'PH': return { ...base, address: `${house} ${random.pick(PH_ROADS)}, Brgy. ${district.replaceAll('-', ' ')}`, postalCode: chosen.postal };
    case 'DE': return { ...base, address: `${random.pick(DE_ROADS).replace('_', ' ')} ${random.integer(1, 140)}`, postalCode: chosen.postal + district };
    case 'US': return { ...base, address: `${house * 7} ${random.pick(US_ROADS)}${random.chance(0.35) ? ` Apt ${random.integer(1, 40)}` : ''}`, postalCode: chosen.postal + district };
  }
}

const US_AREA_CODES = ('212 315 332 347 516 518 585 607 631 646 716 718 845 914 917 929 209 213 310 323 408 415 424 510 530 559 562 619 626 650 661 707 714 747 760 805 818 831 858 909 916 925 949 951 '
  + '210 214 254 281 325 361 409 430 432 469 512 713 737 806 817 830 832 903 915 936 940 956 972 979 239 305 321 352 386 407 561 727 754 772 786 813 850 863 904 941 954 '
  + '217 224 309 312 331 618 630 708 773 815 847 872 206 253 360 425 509 215 267 412 484 570 610 717 724 814 404 470 478 678 706 770 912 480 520 602 623 928 303 719 720 970').split(' ');
const DE_FICTION = ['3023125', '6990009', '4066969', '2214710', '8999998', '17139200'];
/** A prime that has no common factor with any range: neighbours in the book have numbers far apart, and none twice before the range is used up. */
const STRIDE = 7_919;

/** A telephone number that no other holder has until the place's range is used up. */
export function phoneOf(market: Market, index: number): string {
  const at = (range: number): number => (index * STRIDE) % range;
  switch (market) {
    case 'CN': return `+86154${digits(at(100_000_000), 8)}`;
    case 'HK': return `+85240${digits(at(1_000_000), 6)}`;
    case 'TW': return `+88690${digits(at(10_000_000), 7)}`;
    case 'PH': return `+63900${digits(at(10_000_000), 7)}`;
    case 'DE': {
      const n = at(5_100);
      const prefix = DE_FICTION[Math.floor(n / 1_000)] ?? '';
      return `+49${prefix}${digits(n % 1_000, n >= 5_000 ? 2 : 3)}`;
    }
    case 'US': {
      const n = at(US_AREA_CODES.length * 100);
      return `+1${US_AREA_CODES[Math.floor(n / 100)] ?? '212'}55501${digits(n % 100, 2)}`;
    }
  }
}
