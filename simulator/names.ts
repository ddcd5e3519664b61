/** Believable names by place, in the script of the place. None is taken from anybody's data: common family and given names, combined by chance. */

import { type Random } from '../src/kernel/index.ts';
import { type Market } from './behaviour.ts';

export type Name = {
  readonly family: string;
  readonly given: string;
  /** For the e-mail address. */
  readonly ascii: string;
};

/** A family name and how it is written in Latin letters in that place, the commoner ones first. */
type Family = readonly [name: string, ascii: string];
const families = (text: string): readonly Family[] => text.trim().split(/\s+/).map((pair): Family => {
  const [name = '', ascii = name] = pair.split(':');
  return [name, ascii];
});
const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const characters = (text: string): readonly string[] => Array.from(text.replace(/\s/g, ''));

const CN_FAMILIES = families(`王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 黄:huang 赵:zhao 吴:wu 周:zhou 徐:xu 孙:sun 马:ma 朱:zhu 胡:hu 郭:guo 何:he 林:lin 罗:luo 高:gao
  梁:liang 郑:zheng 谢:xie 宋:song 唐:tang 许:xu 邓:deng 韩:han 冯:feng 曹:cao 彭:peng 曾:zeng 肖:xiao 田:tian 董:dong 潘:pan 袁:yuan 蔡:cai 蒋:jiang 余:yu 于:yu 杜:du 叶:ye
  程:cheng 魏:wei 苏:su 吕:lv 丁:ding 任:ren 卢:lu 姚:yao 沈:shen 钟:zhong 姜:jiang 崔:cui 谭:tan 陆:lu 范:fan 汪:wang 廖:liao 石:shi 金:jin 韦:wei 贾:jia 夏:xia 付:fu
  方:fang 邹:zou 熊:xiong 白:bai 孟:meng 秦:qin 邱:qiu 侯:hou 江:jiang 尹:yin 薛:xue 闫:yan 段:duan 雷:lei 龙:long 黎:li 史:shi 陶:tao 贺:he 毛:mao 顾:gu 龚:gong 邵:shao 欧阳:ouyang`);
const CN_MEN = [characters('建国志文明俊嘉浩子宇晨家永立少宏海天思泽一'), characters('伟强军勇杰涛斌辉鹏华平刚峰轩然博宁远航阳恒毅')] as const;
const CN_WOMEN = [characters('秀丽美晓雅雨思欣佳玉梦诗文春若子婉静心'), characters('芳娟敏静娜丽琳玲婷雪霞萍莉颖怡涵彤悦瑶洁兰')] as const;

const TW_FAMILIES = families(`陳:chen 林:lin 黃:huang 張:chang 李:lee 王:wang 吳:wu 劉:liu 蔡:tsai 楊:yang 許:hsu 鄭:cheng 謝:hsieh 郭:kuo 洪:hung 曾:tseng 邱:chiu 廖:liao 賴:lai 周:chou
  徐:hsu 蘇:su 葉:yeh 莊:chuang 呂:lu 江:chiang 何:ho 蕭:hsiao 羅:lo 高:kao 潘:pan 簡:chien 朱:chu 鍾:chung 游:yu 彭:peng 詹:chan 胡:hu 施:shih 沈:shen 余:yu 盧:lu 梁:liang
  趙:chao 顏:yen 柯:ko 翁:weng 魏:wei 孫:sun 戴:tai 范:fan 方:fang 宋:sung 鄧:teng 杜:tu 傅:fu 侯:hou 曹:tsao 薛:hsueh`);
const TW_MEN = [characters('志家俊建冠宗承柏彥信明文宏政國哲奕育振'), characters('豪偉宏傑翰宇廷賢銘瑋融霖誠達毅昌華穎榮')] as const;
const TW_WOMEN = [characters('淑雅怡佳美惠麗秀欣宜婉詩品靜心郁思慧'), characters('芬惠婷君玲雯萍蓉慧娟琪華瑜穎貞如芳珍')] as const;

const HK_FAMILIES = families(`陳:Chan 黃:Wong 李:Lee 梁:Leung 林:Lam 張:Cheung 吳:Ng 劉:Lau 何:Ho 鄭:Cheng 王:Wong 楊:Yeung 蔡:Choi 周:Chow 郭:Kwok 鄧:Tang 葉:Yip 曾:Tsang 馮:Fung 譚:Tam
  許:Hui 蘇:So 謝:Tse 羅:Law 余:Yu 潘:Poon 關:Kwan 朱:Chu 胡:Wu 盧:Lo 徐:Tsui 鍾:Chung 馬:Ma 麥:Mak 杜:To 蕭:Siu 方:Fong 袁:Yuen 莫:Mok 江:Kong 區:Au 曹:Cho 簡:Kan 溫:Wan 歐陽:Au-Yeung`);
const HK_MEN = [characters('家俊志偉子浩卓嘉文國永梓樂健耀啟'), characters('明傑強豪賢軒然朗恩謙輝華麟峰基')] as const;
const HK_WOMEN = [characters('嘉詠樂美慧佩曉穎思芷淑麗寶凱雅'), characters('欣詩怡儀玲雯琪恩晴瑤敏珊珍盈兒')] as const;
/** Given names of people who are written in Latin letters in Hong Kong, as on their identity cards. */
const HK_LATIN = words(`Ka-Yan Wing-Sze Tsz-Kit Chi-Ming Siu-Ling Mei-Yee Kwok-Wai Ho-Yin Wai-Man Lok-Yiu Hoi-Ching Kin-Fai Suk-Fun Man-Kit Yuk-Lan Cheuk-Hin Pui-Shan Wing-Kei Chun-Hei
  Sin-Ying Chi-Keung Lai-Fong Yat-Long Hiu-Tung`);
const HK_FOREIGN: readonly (readonly [string, string])[] = [
  ['Fernandes', 'Ricardo'], ['Sharma', 'Anjali'], ['Khan', 'Imran'], ['Wilson', 'Emma'], ['Tanaka', 'Yuki'], ['Gurung', 'Bishnu'], ['Dela Cruz', 'Maricel'], ['Martin', 'Claire'],
  ['Patel', 'Nikhil'], ['Brown', 'Oliver'], ['Suharto', 'Dewi'], ['Kim', 'Ji-Woo'], ['Silva', 'Helena'], ['Singh', 'Harpreet'],
];

const PH_FAMILIES = words(`Santos Reyes Cruz Bautista Garcia Mendoza Ramos Gonzales Flores Villanueva Aquino Castillo Torres Navarro Mercado Salazar Domingo Pascual Dizon Manalo Soriano
  Bondoc Dimaculangan Macaraeg Panganiban Lacson Magsaysay Tolentino Evangelista Valdez Ocampo Cabrera Ilagan Abad Agbayani Lim Tan Sy Marasigan Batungbacal`);
const PH_GIVEN = words(`Jose Maria Juan Angelica Mark Kristine Rodrigo Marites Joselito Rowena Paolo Bea Ramon Liza Ernesto Cherry Dennis Analyn Rommel Jasmine Carlo Grace Arnel Divina
  Emilio Lourdes Jerome Princess Renato Tessie Miguel Corazon Danilo Rosalie Vicente Imelda`);

const DE_FAMILIES = words(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger
  Hofmann Hartmann Lange Werner Krause Lehmann Köhler Maier Huber Kaiser Fuchs Vogel Jäger Böhm Seidel Yılmaz Kaya Demir Nowak Kowalski Petrović Nguyen Rossi Ivanov`);
const DE_GIVEN = words(`Anna Thomas Sabine Michael Petra Andreas Julia Stefan Monika Christian Katharina Jürgen Ursula Markus Nicole Jonas Lea Felix Hannah Tobias Heike Matthias Birgit
  Florian Laura Uwe Renate Sebastian Karin Philipp Ayşe Mehmet Aleksandra Jan Ingrid Björn`);

const US_FAMILIES = words(`Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez
  Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter
  Patel Kim Chen Khan Cohen O'Brien Kowalski Rossi Okafor Begay Haddad Singh Tran Washington Dubois Larsen`);
const US_GIVEN = words(`James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Carlos Sarah Christopher Karen Daniel Maria Luis
  Nancy Matthew Ashley Anthony Emily Andre Keisha Priya Wei Fatima Kevin Sofia Omar Rachel Tyler Aaliyah Dmitri Mei Hiroshi Nia Ethan Olivia Jamal Rosa Liam`);

/** Commoner names are commoner: the square of a uniform number leans to the beginning of the list. */
const leaning = <T>(items: readonly T[], random: Random): T => items[Math.floor(random.next() ** 1.6 * items.length)]!;

const ACCENTS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ş: 's', ı: 'i', ć: 'c', ğ: 'g' };
const asciiOf = (text: string): string => text.toLowerCase().replace(/[äöüßşıćğ]/g, (c) => ACCENTS[c] ?? '').replace(/[^a-z]/g, '');

/** Whether the holder's name, where Hong Kong writes both, is in Latin letters. */
export function nameOf(market: Market, latin: boolean, random: Random): Name {
  const woman = random.chance(0.5);
  switch (market) {
    case 'CN': return chinese(CN_FAMILIES, woman ? CN_WOMEN : CN_MEN, random.chance(0.12), random);
    case 'TW': return chinese(TW_FAMILIES, woman ? TW_WOMEN : TW_MEN, random.chance(0.03), random);
    case 'HK': return latin ? hongKongLatin(random) : chinese(HK_FAMILIES, woman ? HK_WOMEN : HK_MEN, random.chance(0.05), random);
    case 'PH': return western(leaning(PH_FAMILIES, random), random.chance(0.2) ? `${random.pick(PH_GIVEN)} ${random.pick(PH_GIVEN)}` : random.pick(PH_GIVEN));
    case 'DE': return western(leaning(DE_FAMILIES, random), random.pick(DE_GIVEN));
    case 'US': return western(leaning(US_FAMILIES, random), random.pick(US_GIVEN));
  }
}

function chinese(names: readonly Family[], [first, second]: readonly [readonly string[], readonly string[]], single: boolean, random: Random): Name {
  const [family, ascii] = leaning(names, random);
  return { family, given: single ? random.pick(second) : random.pick(first) + random.pick(second), ascii: asciiOf(ascii) };
}

function hongKongLatin(random: Random): Name {
  if (random.chance(0.3)) {
    const [family, given] = random.pick(HK_FOREIGN);
    return western(family, given);
  }
  const [, family] = leaning(HK_FAMILIES, random);
  return western(family, random.pick(HK_LATIN));
}

const western = (family: string, given: string): Name => ({ family, given, ascii: asciiOf(family) });

const COMPANY: Readonly<Record<Market, { readonly first: readonly string[]; readonly last: readonly string[] }>> = {
  CN: { first: words('海滨 华远 金桥 东方 瑞丰 恒信 新城 宏达 天成 明珠'), last: words('物流有限公司 商贸有限公司 电子科技有限公司 餐饮管理有限公司 建材有限公司') },
  HK: { first: words('港灣 維港 金鐘 永利 恒發 大成 東輝 海逸 利達 新界'), last: words('貿易有限公司 物流有限公司 餐飲集團有限公司 物業管理有限公司 製衣有限公司') },
  TW: { first: words('海濱 大安 信義 台灣北辰 宏昇 永豐隆 長青 明德 佳和 聯強達'), last: words('實業股份有限公司 貿易有限公司 精密工業股份有限公司 餐飲股份有限公司') },
  PH: { first: words('Mabuhay Bayview Sampaguita Luzon Palawan Habagat Tala'), last: ['Trading Corp.', 'Foods Inc.', 'Logistics Inc.', 'Hardware Co.'] },
  DE: { first: words('Hafen Nordlicht Rheinblick Alster Isar Lindenhof Elbtal'), last: ['Logistik GmbH', 'Bau GmbH & Co. KG', 'Feinkost e. K.', 'Werkzeuge GmbH'] },
  US: { first: words('Harborview Redwood Lakeshore Bluebonnet Pinecrest Summit Seabright'), last: ['Supply LLC', 'Restaurants Inc.', 'Logistics LLC', 'Properties LP', 'Auto Repair Inc.'] },
};

export function companyName(market: Market, random: Random): Name {
  const { first, last } = COMPANY[market];
  const space = market === 'CN' || market === 'HK' || market === 'TW' ? '' : ' ';
  return { family: random.pick(first) + space + random.pick(last), given: '', ascii: 'office' };
}
