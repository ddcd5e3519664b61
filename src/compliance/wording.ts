/**
 * What elements and forbidden wording look like in the languages of the markets. Patterns are narrow on purpose: a friendly reminder must
 * pass, and a person reviews each template before it is published; the linter stops what is plainly missing or plainly wrong.
 */

const MONTHS = [
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?',
  'januar|februar|märz|mai|juni|juli|oktober|dezember',
  'janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre',
  'gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre',
].join('|');
const CODES = 'CNY|RMB|HKD|TWD|PHP|EUR|USD|GBP|CAD|SGD|JPY|INR';

const any = (...patterns: readonly string[]): RegExp => new RegExp(patterns.join('|'), 'iu');

/** Elements by name; `insurer_name` and `contact` are judged by functions below. */
export const ELEMENTS: Readonly<Record<string, (text: string) => boolean>> = {
  amount: tested(any(
    `(?:[¥￥€£₹₱$]|\\bRs\\.?|\\bP(?=\\d)|\\b(?:${CODES}))\\s?\\d`,
    `\\d[\\d.,\\s\\u00a0]*\\s?(?:元|円|圆|圓|塊|€|\\$|£|\\b(?:${CODES}|euros?|dollars|pesos|rupees)\\b)`,
  )),
  due_date: tested(any(
    '\\b\\d{4}-\\d{2}-\\d{2}\\b', '\\d{1,2}\\s?月\\s?\\d{1,2}\\s?[日号號]', '\\b\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}\\b',
    `\\b\\d{1,2}(?:st|nd|rd|th|er|\\.)?\\s+(?:${MONTHS})\\b`, `\\b(?:${MONTHS})\\.?\\s+\\d{1,2}\\b`,
  )),
  consequence: tested(any(
    '中止|失效|效力停止|停效|終止|终止|暂停保障|暫停保障|解除合同|停止保障', '失効|効力を失|解除',
    '\\blapses?\\b|\\bterminat|\\bcancel|\\bsuspen(?:d|sion)|\\b(?:cover|policy|insurance|protection)\\b[^.]{0,40}\\b(?:ends?|stops?|cease)',
    'versicherungsschutz|kündig|leistungsfrei', 'suspendu|suspension|résili|prendra fin|prend fin|réduit', 'sospes|risol(?:to|uzione)|cessa|decad',
  )),
  opt_out: tested(any(
    'unsubscribe|opt[\\s-]?out|to stop (?:these|receiving|such)|(?:reply|text|send) stop|\\bstop\\b to \\d', '退订|退訂|拒收|取消订阅|取消訂閱|回复?\\s?T\\b|回覆\\s?T\\b|不再接收|停止接收',
    'abmeld|abbestell|widersprech|widerspruch|keine (?:werbung|weiteren)', 'désabonn|désinscri|\\bstop au \\d|ne plus recevoir|vous opposer', 'disiscri|cancella(?:re)? l.iscrizione|non ricevere più|annulla(?:re)? l.iscrizione',
    '配信停止|配信解除|配信を停止|受信拒否|購読解除',
  )),
  contact: hasContact,
  insurer_name: hasInsurerName,
};

function tested(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text);
}

/** A telephone number, an e-mail or web address, or a postal address. */
function hasContact(text: string): boolean {
  if (/[\w.+-]+@[\w-]+\.\w+|https?:\/\/|\bwww\./iu.test(text)) return true;
  if (/\b\d{1,5}\s+(?:[A-Z][a-z]+\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Boulevard|Blvd)\b|(?:straße|strasse)\s*\d|\b\d{1,4},?\s+(?:rue|avenue|boulevard|place)\s|\b(?:via|piazza|viale|corso)\s+\p{Lu}/iu.test(text)) return true;
  const numbers = text.match(/\+?\d[\d \-()]{5,}\d/gu) ?? [];
  return numbers.some((number) => {
    const digits = number.replace(/\D/gu, '').length;
    return digits >= 7 && digits <= 15 && !/^\d{4}-\d{2}-\d{2}$/u.test(number) && /[ \-()]|^0|^\+|^400|^1\d{10}$/u.test(number);
  });
}

/** Names of insurers are not known here (a template's are): a name with a word of the trade or a form of company. */
function hasInsurerName(text: string): boolean {
  if (/【[^】]{2,}】|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]{2,}(?:人寿|人壽|财险|財險|产险|產險|生命|損保|健康险|养老|(?:保险|保險|保険)(?:股份|有限|公司|会社))/u.test(text)) return true;
  const pattern = /(\p{Lu}[\p{L}&'’-]+)\s+(?:\p{Lu}[\p{L}&'’-]+\s+){0,3}(?:Insurance|Life|Assurances?|Vie|Auto|Habitation|Home|Health|Motor|Mutual|General|Assicurazioni|Santé|Versicherung(?:en)?\s+(?:AG|SE|VVaG|a\.\s?G\.)|AG|SE|SA|plc|Ltd|Inc|S\.p\.A\.|Company|Insurers|Insurer)(?![\p{L}-])/gu;
  const ordinary = /^(?:Your|The|This|My|Our|Hello|Dear|New|A|An|Votre|Ihre?|Die|Der|La|Le|Una?|Kfz|Car|Any)$/u;
  return [...text.matchAll(pattern)].some(([, first = '']) => !ordinary.test(first));
}

/** Words that say that somebody owes. */
export const DEBT = any('overdue|arrears|unpaid|past due|collection|debt|owe[sd]?\\b', '欠费|欠費|欠款|拖欠|逾期|催收|催缴|催繳', '滞納|未払|未納|督促', 'rückstand|mahnung|inkasso|überfällig|schulden', 'impay|relance|recouvrement|dette|mise en demeure', 'insolut|arretrat|sollecito|debito|recupero crediti');
/** What lies open to everybody's eyes. */
export const OPEN_SURFACE = any('postcard|on the envelope', 'はがき|ハガキ|葉書', '明信片', 'postkarte', 'carte postale', 'cartolina');

export const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  threat: any(
    '(?:the|to|by|call) police\\b|police officers?|\\barrest(?:ed)?\\b|\\bjail|\\bprison\\b|criminal (?:charges|record|complaint)|\\bprosecut|you will (?:regret|be sorry)|break your|\\bhurt you|come to your (?:home|house|work)|(?:seize|take) your (?:house|home|car|wages|belongings)|or else\\b',
    '公安|警察|拘留|逮捕|坐牢|坐监|坐監|刑事|抓(?:你|您)|上门(?:找|堵|收)|上門(?:找|堵|收)|查封|弄死|后果自负|後果自負|走着瞧', '刑務所|差し押さえ|差押え|訴えてやる|後悔|痛い目',
    'polizei|verhaft|gefängnis|strafanzeige|gerichtsvollzieher|pfänd|werden es bereuen', 'gendarm|la police (?:viendra|sera|va)|forces de l.ordre|\\bprison|huissier|plainte pénale|vous le regretter', 'polizia|carabinieri|carcere|denuncia penale|pignor|te ne pentirai|se ne pentirà',
  ),
  shame: any(
    '\\bshame|\\bdisgrac|\\bdeadbeat|\\bembarrass|what will (?:they|people|your \\w+) think|every(?:one| family)[^.]{0,40} pays (?:on time|their)|irresponsible|\\bcheat\\b|\\bname (?:will be|is) publish',
    '老赖|老賴|蒙羞|丢人|丟人|丢脸|丟臉|可耻|可恥|不要脸|不要臉|无赖|無賴|脸面|没脸', '恥ずかし|恥を|みっともな|世間に顔|ならず者|恥知らず',
    'schäm|schande|peinlich|was sollen (?:die|ihre) (?:leute|nachbarn)|drückeberger', 'honte|déshonor|que vont penser|mauvais payeur', 'vergogn|disonor|cosa penseranno|che figura|cattivo pagatore',
  ),
  false_urgency: any(
    'last chance|final (?:hour|chance|minutes?)|only (?:\\d+|one|two|three|a few) (?:hours?|minutes?)|(?:hours?|minutes?) left|in (?:one|\\d+) (?:hours?|minutes?)|within (?:the|one|\\d+) (?:hours?|minutes?)|before midnight|gone for(?: good|ever| ever)|lose everything|(?:ends|expires|lapses|cancelled) (?:today|tonight)|act now or',
    '最后(?:机会|通牒|\\d*\\s?(?:小时|分钟))|最後(?:機會|通牒|\\d*\\s?(?:小時|分鐘))|仅剩|僅剩|只剩|今晚.{0,6}(?:失效|作废|清零)|今天.{0,8}(?:失效|作废|清零)|立即失效|马上失效|馬上失效|永久失效|小时内|小時內|分钟内', '最後のチャンス|あと\\s?\\d+\\s?(?:時間|分)|本日限り|今日中に|今すぐ.{0,10}失',
    'letzte (?:chance|gelegenheit|stunde)|nur noch \\d+ (?:stunden|minuten)|binnen (?:einer|\\d+) stunden?|noch heute|vor mitternacht', 'dernière (?:chance|heure)|plus que \\d+ (?:heures|minutes)|dans (?:une|\\d+) heures?|avant minuit|aujourd.hui même', 'ultim[ao] (?:occasione|possibilità|ora|chance)|solo \\d+ (?:ore|minuti)|entro (?:un.ora|\\d+ ore)|prima di mezzanotte',
  ),
  third_party_disclosure: any(
    '(?:told|informed|notified|tell|inform|notify|contacted|contact|post(?:ed)?|shared?) (?:it |this |that |the |your |to |on |with |in )*(?:employer|boss|neighbou?rs?|colleagues?|family|relatives|friends|wife|husband|parents|facebook|social media)',
    '(?:发到|發到|告知|通知|告诉|告訴|联系|聯絡|公布|张贴|張貼|转告)[^，。]{0,12}(?:群|邻居|鄰居|单位|單位|公司|雇主|僱主|同事|亲友|親友|家人|父母|朋友|领导|业主)', '(?:勤務先|職場|家族|近所|同僚|ご近所)[^。]{0,8}(?:連絡|通知|知らせ|お伝え)',
    '(?:arbeitgeber|nachbarn?|familie|kollegen|angehörigen?)[^.]{0,20}(?:informier|mitgeteilt|mitteilen|benachrichtig)|informieren wir ihren? (?:arbeitgeber|familie|nachbarn)', '(?:informé|informer|prévenu|prévenir|avertir|averti)[^.]{0,20}(?:employeur|voisins?|famille|collègues|proches)', '(?:informato|informare|avvisato|avvisare|avviseremo|informeremo)[^.]{0,20}(?:datore|vicini|famiglia|colleghi|parenti)',
  ),
};
