/**
 * The one place for the words of every problem, in three languages: what happened, what it means, what to do.
 * `{name}` is filled from the problem's details. The API, the pages and the command line all speak from here.
 */

import { type Language } from './money.ts';
import { type Problem } from './result.ts';

type ProblemText = Readonly<Record<Language, string>>;

const text = (en: string, hans: string, hant: string): ProblemText => ({ en, 'zh-Hans': hans, 'zh-Hant': hant });

export const PROBLEM_TEXTS: Readonly<Record<string, ProblemText>> = {
  // ---- the installation ----
  disk_full: text(
    'There is too little free space in {directory}: {free_mb} MB, and {needed_mb} MB are needed. Free some space or set INFORCE_DATA to another folder.',
    '{directory} 可用空间不足：剩余 {free_mb} MB，需要 {needed_mb} MB。请腾出空间，或将 INFORCE_DATA 设为其他文件夹。',
    '{directory} 可用空間不足：剩餘 {free_mb} MB，需要 {needed_mb} MB。請騰出空間，或將 INFORCE_DATA 設為其他資料夾。'),
  database_start_failed: text(
    'The embedded database did not start: {reason}. Its log is beside {directory}.',
    '内置数据库未能启动：{reason}。日志位于 {directory} 旁。', '內建資料庫未能啟動：{reason}。日誌位於 {directory} 旁。'),
  database_unreachable: text(
    'The database did not answer: {reason}. Check DATABASE_URL and that the server runs.',
    '数据库无响应：{reason}。请检查 DATABASE_URL 以及服务器是否运行。', '資料庫無回應：{reason}。請檢查 DATABASE_URL 以及伺服器是否運行。'),
  database_newer: text(
    'The database was migrated by a newer Inforce (step {database}; this program knows {program}). Update Inforce; nothing was changed.',
    '该数据库由更新版本的 Inforce 迁移（第 {database} 步；本程序只到第 {program} 步）。请升级 Inforce；未作任何更改。',
    '該資料庫由更新版本的 Inforce 遷移（第 {database} 步；本程式只到第 {program} 步）。請升級 Inforce；未作任何更改。'),
  database_too_old: text(
    'The PostgreSQL server is too old ({version}); version 16 or newer is needed.',
    'PostgreSQL 服务器版本过旧（{version}），需要 16 或更高版本。', 'PostgreSQL 伺服器版本過舊（{version}），需要 16 或更高版本。'),
  // ---- amounts and dates ----
  amount_not_a_number: text('“{value}” is not an amount. Write it like 1234.50.', '“{value}”不是金额，请写成 1234.50 的形式。', '「{value}」不是金額，請寫成 1234.50 的形式。'),
  amount_too_precise: text(
    '“{value}” has more decimals than {currency} allows ({decimals}).', '“{value}”的小数位数超过 {currency} 允许的 {decimals} 位。', '「{value}」的小數位數超過 {currency} 允許的 {decimals} 位。'),
  amount_too_large: text('“{value}” is larger than any amount we accept.', '“{value}”超出可接受的最大金额。', '「{value}」超出可接受的最大金額。'),
  // ---- asking the API ----
  request_invalid: text(
    'The request was not understood: {where} {reason}. Nothing was changed; correct it and send it again.',
    '无法理解该请求：{where} {reason}。未作任何更改，请更正后重试。', '無法理解該請求：{where} {reason}。未作任何更改，請更正後重試。'),
  request_too_large: text('The request is too large. Send less at a time.', '请求过大，请分批发送。', '請求過大，請分批傳送。'),
  media_type_unsupported: text('This type of content is not accepted here. Send JSON.', '此处不接受该内容类型，请发送 JSON。', '此處不接受該內容類型，請傳送 JSON。'),
  not_found: text('There is nothing at this address, or it is not yours to see.', '此地址没有内容，或您无权查看。', '此網址沒有內容，或您無權檢視。'),
  method_not_allowed: text('This address does not do that.', '此地址不支持该操作。', '此網址不支援該操作。'),
  sign_in_needed: text('Please log in first.', '请先登录。', '請先登入。'),
  sign_in_refused: text(
    'E-mail and password do not belong together. Check both and try again.', '邮箱与密码不匹配，请核对后重试。', '電郵與密碼不符，請核對後重試。'),
  role_not_allowed: text(
    'Your role ({role}) may not do this. Ask somebody whose role is {allowed}.', '您的角色（{role}）无权执行此操作，请联系角色为 {allowed} 的同事。',
    '您的角色（{role}）無權執行此操作，請聯絡角色為 {allowed} 的同事。'),
  csrf_token_invalid: text(
    'This page is out of date, so nothing was changed. Reload it and try again.', '页面已过期，未作任何更改。请刷新后重试。', '頁面已過期，未作任何更改。請重新整理後再試。'),
  idempotency_key_reused: text(
    'This Idempotency-Key was used for another request. Use a new key for a new request.', '该 Idempotency-Key 已用于另一请求，请为新请求使用新键。',
    '該 Idempotency-Key 已用於另一請求，請為新請求使用新鍵。'),
  idempotency_key_invalid: text(
    'An Idempotency-Key has 1 to 200 printable characters.', 'Idempotency-Key 须为 1 至 200 个可打印字符。', 'Idempotency-Key 須為 1 至 200 個可列印字元。'),
  idempotency_in_progress: text(
    'The same request is still being worked on. Ask again in a moment.', '相同的请求仍在处理中，请稍后再试。', '相同的請求仍在處理中，請稍後再試。'),
  too_many_requests: text(
    'Too many requests. Please wait {seconds} seconds and try again.', '请求过于频繁，请等待 {seconds} 秒后重试。', '請求過於頻繁，請等待 {seconds} 秒後再試。'),
  internal: text(
    'Something went wrong on our side. Nothing was half done; try again, and tell us the number {reference} if it stays.',
    '我们这边出了问题，没有任何操作只完成一半。请重试；若仍有问题，请告知编号 {reference}。',
    '我們這邊出了問題，沒有任何操作只完成一半。請重試；若仍有問題，請告知編號 {reference}。'),
  service_unavailable: text('The service is starting or the database does not answer. Try again in a moment.', '服务正在启动或数据库无响应，请稍后重试。', '服務正在啟動或資料庫無回應，請稍後再試。'),
  // ---- paying ----
  link_invalid: text(
    'This payment link is damaged. Open the link from our message again, or call us. No money was taken.',
    '该缴费链接已损坏。请重新打开我们消息中的链接，或致电我们。未扣取任何款项。', '該繳費連結已損壞。請重新打開我們訊息中的連結，或致電我們。未扣取任何款項。'),
  link_expired: text(
    'This payment link has expired. Ask us for a new one. No money was taken.', '该缴费链接已过期，请向我们索取新链接。未扣取任何款项。',
    '該繳費連結已過期，請向我們索取新連結。未扣取任何款項。'),
  webhook_signature_invalid: text('The signature does not match the message. It was not booked.', '签名与消息不符，未入账。', '簽名與訊息不符，未入帳。'),
  webhook_too_old: text('The message is older than we accept. It was not booked.', '消息超出可接受的时限，未入账。', '訊息超出可接受的時限，未入帳。'),
  webhook_malformed: text('The message could not be read. It was not booked.', '无法读取该消息，未入账。', '無法讀取該訊息，未入帳。'),
  payment_unknown: text('We know no payment of this reference.', '没有此参考号的缴费。', '沒有此參考號的繳費。'),
  bill_not_open: text('This bill is not open any more: {state}.', '该账单已不是待缴状态：{state}。', '該帳單已不是待繳狀態：{state}。'),
  dispute_exists: text('This bill is disputed already; the answer is due by {answer_by}.', '该账单已有争议在处理，答复期限为 {answer_by}。', '該帳單已有爭議在處理，答覆期限為 {answer_by}。'),
  contact_not_call: text('This contact is not a call that waits for an outcome.', '该联系记录不是等待结果的电话。', '該聯絡記錄不是等待結果的電話。'),
  promise_date_invalid: text(
    'A promise is for today or a day within {days_max} days.', '承诺缴费日须为今天或 {days_max} 天之内。', '承諾繳費日須為今天或 {days_max} 天之內。'),
  business_date_before_last_cycle: text(
    'A cycle has run for a later day already; days are played in order.', '更晚日期的流程已经运行过；营业日须依次进行。', '較晚日期的流程已經執行過；營業日須依次進行。'),
  // ---- the installation's insurers, clock and cycle ----
  insurer_exists: text('An insurer of the code {code} exists already.', '代码为 {code} 的保险公司已存在。', '代碼為 {code} 的保險公司已存在。'),
  insurer_unknown: text('There is no insurer {code}. Known: {known}.', '没有代码为 {code} 的保险公司。现有：{known}。', '沒有代碼為 {code} 的保險公司。現有：{known}。'),
  insurer_needed: text('Name the insurer with --insurer. Known: {known}.', '请用 --insurer 指定保险公司。现有：{known}。', '請用 --insurer 指定保險公司。現有：{known}。'),
  insurer_code_invalid: text(
    '“{code}” is no code for an insurer: 2 to 40 small letters, digits and hyphens, a letter first.', '“{code}”不能作为保险公司代码：须为 2 至 40 个小写字母、数字或连字符，且以字母开头。',
    '「{code}」不能作為保險公司代碼：須為 2 至 40 個小寫字母、數字或連字號，且以字母開頭。'),
  currency_unknown: text('“{value}” is no currency that we know. Write its code, like HKD.', '“{value}”不是已知的货币，请填写代码，如 HKD。', '「{value}」不是已知的貨幣，請填寫代碼，如 HKD。'),
  time_zone_unknown: text('“{value}” is no time zone. Write it like Asia/Hong_Kong.', '“{value}”不是时区，请写成 Asia/Hong_Kong 的形式。', '「{value}」不是時區，請寫成 Asia/Hong_Kong 的形式。'),
  role_unknown: text('“{value}” is no role. Roles: {known}.', '“{value}”不是角色。可选：{known}。', '「{value}」不是角色。可選：{known}。'),
  date_invalid: text('“{value}” is not a date. Write it like 2026-12-01.', '“{value}”不是日期，请写成 2026-12-01 的形式。', '「{value}」不是日期，請寫成 2026-12-01 的形式。'),
  number_invalid: text('{option}: “{value}” is not a whole number from {min} to {max}.', '{option}：“{value}”不是 {min} 至 {max} 的整数。', '{option}：「{value}」不是 {min} 至 {max} 的整數。'),
  clock_not_movable: text('The clock of {code} is the real one; only a simulated insurer’s clock can be moved.', '{code} 使用真实时间；只有模拟保险公司的时钟可以调整。', '{code} 使用真實時間；只有模擬保險公司的時鐘可以調整。'),
  stage_unknown: text('There is no stage “{stage}”. Stages: {known}.', '没有名为“{stage}”的步骤。可选：{known}。', '沒有名為「{stage}」的步驟。可選：{known}。'),
  cycle_failed: text(
    'The cycle of {business_date} stands at {stage}: {reason}. What was done stays done; remove the cause and run it again with --resume.',
    '{business_date} 的流程停在 {stage}：{reason}。已完成的部分保留；排除原因后用 --resume 继续。', '{business_date} 的流程停在 {stage}：{reason}。已完成的部分保留；排除原因後以 --resume 繼續。'),
  cycle_stopped: text(
    'The cycle of {business_date} was stopped at {stage}. What was done stays done; go on with --resume.', '{business_date} 的流程已在 {stage} 停止。已完成的部分保留；用 --resume 继续。',
    '{business_date} 的流程已在 {stage} 停止。已完成的部分保留；以 --resume 繼續。'),
  // ---- people ----
  password_too_short: text('A password has at least {length_min} characters.', '密码至少 {length_min} 个字符。', '密碼至少 {length_min} 個字元。'),
  email_taken: text('Somebody with this e-mail exists already.', '该邮箱已被使用。', '該電郵已被使用。'),
};

/** The text of a problem in a language, with its details filled in; a code without a text is shown as itself, so that nothing stays silent. */
export function problemText(problem: Problem, language: Language): string {
  const words = PROBLEM_TEXTS[problem.code]?.[language] ?? problem.code.replaceAll('_', ' ');
  return words.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = problem.details?.[name];
    return value === undefined || value === null ? placeholder : String(value);
  });
}
