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
  started_already: text(
    'Inforce runs already in this folder: http://localhost:{port}/ (process {pid}). Stop it there with Ctrl-C, or start a second one with other INFORCE_DATA and PORT.',
    'Inforce 已在此文件夹中运行：http://localhost:{port}/（进程 {pid}）。请在原处按 Ctrl-C 停止，或为第二个实例设置不同的 INFORCE_DATA 和 PORT。',
    'Inforce 已在此資料夾中運行：http://localhost:{port}/（程序 {pid}）。請在原處按 Ctrl-C 停止，或為第二個實例設定不同的 INFORCE_DATA 和 PORT。'),
  port_in_use: text('Port {port} is used by another program. Stop it, or choose another port: PORT={other} npm start', '端口 {port} 已被其他程序占用。请停止该程序，或换一个端口：PORT={other} npm start', '連接埠 {port} 已被其他程式佔用。請停止該程式，或換一個連接埠：PORT={other} npm start'),
  port_forbidden: text('This user may not open port {port}. Choose one above 1024: PORT=4800 npm start', '当前用户无权使用端口 {port}。请选择 1024 以上的端口：PORT=4800 npm start', '目前使用者無權使用連接埠 {port}。請選擇 1024 以上的連接埠：PORT=4800 npm start'),
  data_not_writable: text('The folder {directory} cannot be written to: {reason}. Choose another with INFORCE_DATA.', '无法写入文件夹 {directory}：{reason}。请用 INFORCE_DATA 选择其他文件夹。', '無法寫入資料夾 {directory}：{reason}。請以 INFORCE_DATA 選擇其他資料夾。'),
  console_not_built: text('The console could not be built; what is wrong stands above.', '控制台构建失败，原因见上文。', '控制台建置失敗，原因見上文。'),
  database_start_failed: text(
    'The embedded database did not start: {reason}. Its log is beside {directory}.',
    '内置数据库未能启动：{reason}。日志位于 {directory} 旁。', '內建資料庫未能啟動：{reason}。日誌位於 {directory} 旁。'),
  database_unreachable: text(
    'The database did not answer: {reason}. Check DATABASE_URL and that the server runs.',
    '数据库无响应：{reason}。请检查 DATABASE_URL 以及服务器是否运行。', '資料庫無回應：{reason}。請檢查 DATABASE_URL 以及伺服器是否運行。'),
  database_rights_missing: text(
    'The role of DATABASE_URL lacks a right: {reason}. It must own the database and have CREATEROLE; where another installation on this server has made the role inforce_app: grant inforce_app to this role with admin option.',
    'DATABASE_URL 的角色缺少权限：{reason}。该角色须拥有数据库并具有 CREATEROLE；如果此服务器上的另一安装已创建角色 inforce_app，请将 inforce_app 授予该角色并附带 ADMIN OPTION。',
    'DATABASE_URL 的角色缺少權限：{reason}。該角色須擁有資料庫並具有 CREATEROLE；如果此伺服器上的另一安裝已建立角色 inforce_app，請將 inforce_app 授予該角色並附帶 ADMIN OPTION。'),
  database_newer: text(
    'The database was migrated by a newer Inforce (step {database}; this program knows {program}). Update Inforce; nothing was changed.',
    '该数据库由更新版本的 Inforce 迁移（第 {database} 步；本程序只到第 {program} 步）。请升级 Inforce；未作任何更改。',
    '該資料庫由更新版本的 Inforce 遷移（第 {database} 步；本程式只到第 {program} 步）。請升級 Inforce；未作任何更改。'),
  database_too_old: text(
    'The PostgreSQL server is too old ({version}); version 16 or newer is needed.',
    'PostgreSQL 服务器版本过旧（{version}），需要 16 或更高版本。', 'PostgreSQL 伺服器版本過舊（{version}），需要 16 或更高版本。'),
  // ---- amounts and dates ----
  amount_not_a_number: text('“{value}” is not an amount. Write it like 1234.50.', '“{value}”不是金额。请写成 1234.50 的形式。', '「{value}」不是金額。請寫成 1234.50 的形式。'),
  amount_too_precise: text(
    '“{value}” has more decimals than {currency} allows ({decimals}). Round it.', '“{value}”的小数位数超过 {currency} 允许的 {decimals} 位。请四舍五入。', '「{value}」的小數位數超過 {currency} 允許的 {decimals} 位。請四捨五入。'),
  amount_too_large: text('“{value}” is larger than any amount we accept. Check the decimal point.', '“{value}”超出可接受的最大金额。请检查小数点。', '「{value}」超出可接受的最大金額。請檢查小數點。'),
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
  markets_bound: text(
    'This concerns the whole insurer; you work for {markets}. Ask a colleague who is not bound to markets.', '此操作涉及整个公司，而您只负责 {markets}。请联系不限市场的同事。', '此操作涉及整間公司，而您只負責 {markets}。請聯絡不限市場的同事。'),
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
  method_unknown: text('This way to pay is not offered here: {method}.', '此处不提供该缴费方式：{method}。', '此處不提供該繳費方式：{method}。'),
  provider_unreachable: text(
    'The payment provider does not answer at the moment. No money was taken; try again in a moment.', '支付机构暂时无响应。未扣取任何款项，请稍后重试。', '支付機構暫時無回應。未扣取任何款項，請稍後再試。'),
  provider_refused: text(
    'The payment provider refused the request ({status}). No money was taken.', '支付机构拒绝了该请求（{status}）。未扣取任何款项。', '支付機構拒絕了該請求（{status}）。未扣取任何款項。'),
  statement_columns_missing: text(
    'The statement lacks the columns {columns}. Nothing was booked; its first line must name them.', '对账单缺少列：{columns}。未入账；首行须包含这些列名。', '對帳單缺少欄位：{columns}。未入帳；首行須包含這些欄名。'),
  statement_unreadable: text(
    'The statement cannot be read at row {row}: {reason}. {booked} lines before it are booked; correct the file and load it again, nothing is booked twice.',
    '对账单第 {row} 行无法读取：{reason}。此前 {booked} 行已入账；请更正文件后重新加载，不会重复入账。', '對帳單第 {row} 行無法讀取：{reason}。此前 {booked} 行已入帳；請更正檔案後重新載入，不會重複入帳。'),
  amount_not_positive: text('“{value}” is not above zero. A receipt has a positive amount.', '“{value}”不大于零，到账金额须为正数。', '「{value}」不大於零，入帳金額須為正數。'),
  date_in_future: text('“{value}” has not come yet. Give the day on which the bank booked it.', '“{value}”尚未到来，请填写银行入账日期。', '「{value}」尚未到來，請填寫銀行入帳日期。'),
  bank_reference_missing: text(
    'The line lacks the bank’s own reference (1 to 100 characters), without which it could be booked twice.', '该行缺少银行流水号（1 至 100 个字符），无法防止重复入账。', '該行缺少銀行流水號（1 至 100 個字元），無法防止重複入帳。'),
  amount_invalid: text('This amount cannot be paid: {value}.', '不能缴纳此金额：{value}。', '不能繳付此金額：{value}。'),
  bill_closed: text('This bill was written off or withdrawn; it can no longer be corrected.', '该账单曾核销或已撤回，无法再更正。', '該帳單曾撇帳或已撤回，無法再更正。'),
  no_fee_to_waive: text('This bill has no late fee or interest that could be waived.', '该账单没有可减免的滞纳金或利息。', '該帳單沒有可豁免的逾期費用或利息。'),
  terms_against_law: text(
    'The law of {market} does not allow these terms for {lines}: rule {rule}, {law}, {article}. Nothing was changed.', '{market} 的法规不允许对 {lines} 采用这些条款：规则 {rule}，{law}，{article}。未作任何更改。', '{market} 的法規不容許對 {lines} 採用這些條款：規則 {rule}，{law}，{article}。未作任何更改。'),
  points_too_few: text('The holder has {points} points in {currency}; that is fewer than asked for.', '投保人有 {points} 个 {currency} 积分，不足所需数量。', '保單持有人有 {points} 個 {currency} 積分，不足所需數量。'),
  point_worth_is_kept: text('Points were earned at {value} minor units each; a point keeps that worth.', '已发放的积分每分价值 {value} 个最小货币单位，不可更改。', '已發放的積分每分價值 {value} 個最小貨幣單位，不可更改。'),
  points_are_off: text('This insurer gives no points.', '该公司未开展积分计划。', '該公司未設積分計劃。'),
  consent_missing: text('The holder has not agreed to {purpose}.', '投保人尚未同意{purpose}。', '保單持有人尚未同意{purpose}。'),
  bill_held: text('The review holds this bill, so it has not left. Answer it on the page Bill review.', '该账单正在复核，尚未发出。请在“账单复核”页面处理。', '該帳單正在覆核，尚未發出。請在「帳單覆核」頁面處理。'),
  check_unknown: text('There is no check “{check}”. Checks: {known}', '没有“{check}”这项复核。可用：{known}', '沒有「{check}」這項覆核。可用：{known}'),
  bill_not_held: text('This bill does not wait any more; {by} has answered it. Look at what it says now.', '该账单已不在等待，{by} 已处理。请查看最新内容。', '該帳單已不在等待，{by} 已處理。請查看最新內容。'),
  held_count_changed: text(
    'You saw {seen} such bills, now there are {count}. None was released; look at the list and try again.', '您看到的是 {seen} 张，现为 {count} 张。均未放行；请查看列表后重试。', '您看到的是 {seen} 張，現為 {count} 張。均未放行；請查看列表後再試。'),
  second_person_needed: text('You asked for this bill yourself. Above the limit another person releases it.', '该账单由您本人申请放行。超过限额须由他人放行。', '該帳單由您本人申請放行。超過限額須由他人放行。'),
  bill_not_corrected: text(
    'This bill has not been corrected since the dispute was opened. Correct it first: Bills, the bill, “Put this bill right”; manager and finance may. The dispute is answered with it.',
    '自异议提出以来，该账单尚未更正。请先更正：账单、打开该账单、“更正账单”；经理与财务可操作。更正后异议即获答复。',
    '自異議提出以來，該帳單尚未更正。請先更正：帳單、開啟該帳單、「更正帳單」；經理與財務可操作。更正後異議即獲答覆。'),
  correction_changes_nothing: text('The bill says this already. Enter what it should say.', '账单原本就是如此。请输入应有的金额。', '帳單原本就是如此。請輸入應有的金額。'),
  correction_not_in_books: text(
    'This bill was paid before it came into our books, so it cannot be corrected here. Refund or charge the difference in the former system.',
    '该账单在转入本系统之前已缴，无法在此更正。请在原系统退还或补收差额。', '該帳單在轉入本系統之前已繳，無法在此更正。請在原系統退還或補收差額。'),
  correction_below_paid_before: text(
    'Before the bill came into our books more than this had been paid already ({paid_minor} in minor units). Enter at least that much.',
    '该账单转入之前已缴金额高于此数（{paid_minor}，以最小货币单位计）。请至少输入该金额。', '該帳單轉入之前已繳金額高於此數（{paid_minor}，以最小貨幣單位計）。請至少輸入該金額。'),
  workload_same_person: text('The work lies with this person already. Choose somebody else.', '这些工作本就由此人负责，请选择其他人。', '這些工作本就由此人負責，請選擇其他人。'),
  workload_needs_active: text('Work goes only to somebody who may log in and change things. Choose another person.', '工作只能转给可登录并有操作权限的人，请选择其他人。', '工作只能轉給可登入並有操作權限的人，請選擇其他人。'),
  day_not_over: text('{on} has not come yet; today is {today}. Choose a day up to today.', '{on} 尚未到来，今天是 {today}。请选择不晚于今天的日期。', '{on} 尚未到來，今天是 {today}。請選擇不晚於今天的日期。'),
  day_closed_already: text('The books are closed to {on} already, by {by}. Nothing was changed.', '账簿已由 {by} 关账至 {on}，未作更改。', '帳簿已由 {by} 關帳至 {on}，未作更改。'),
  books_disagree: text(
    'The books are not closed: {check} found {count} differences. Run the audit on the Ledger page and put them right first.',
    '未关账：{check} 发现 {count} 处差异。请在总账页运行审计并先行更正。', '未關帳：{check} 發現 {count} 處差異。請在總帳頁執行審計並先行更正。'),
  bill_not_open: text('This bill is not open any more: {state}.', '该账单已不是待缴状态：{state}。', '該帳單已不是待繳狀態：{state}。'),
  dispute_exists: text('This bill is disputed already; the answer is due by {answer_by}.', '该账单已有争议在处理，答复期限为 {answer_by}。', '該帳單已有爭議在處理，答覆期限為 {answer_by}。'),
  peers_unreadable: text(
    'Line {line} cannot be read: “{text}”. Write the figure, a name and a value, for example: paid_on_time, North, 91.5%. Nothing was loaded.',
    '第 {line} 行无法读取：“{text}”。请写指标、名称和数值，例如：paid_on_time, 北区, 91.5%。未载入任何内容。',
    '第 {line} 行無法讀取：「{text}」。請寫指標、名稱和數值，例如：paid_on_time, 北區, 91.5%。未載入任何內容。'),
  no_model: text('There is no risk model yet. The first cycle learns one from past bills.', '尚无风险模型。首次流程会从历史账单中学习。', '尚無風險模型。首次流程會從過往帳單中學習。'),
  holder_unknown: text('No holder and no policy has this number. Check it, or leave the field empty.', '没有此编号的客户或保单。请核对，或将该栏留空。', '沒有此編號的客戶或保單。請核對，或將該欄留空。'),
  late_reason_needed: text(
    'Say why the payment is late: the call stays open until a reason is given.', '请说明逾期原因：填写原因前，此通话不会关闭。', '請說明逾期原因：填寫原因前，此通話不會關閉。'),
  hand_over_closed: text('{closed_by} has closed this already. Nothing of yours was changed.', '{closed_by} 已处理完毕，未作任何更改。', '{closed_by} 已處理完畢，未作任何更改。'),
  hand_over_day_past: text('The day {due_on} has passed. Choose today or a later day.', '{due_on} 已过。请选择今天或之后的日期。', '{due_on} 已過。請選擇今天或之後的日期。'),
  colleague_unknown: text('Nobody of this name works in this role any more. Choose somebody else.', '该角色中已无此人。请另选同事。', '該角色中已無此人。請另選同事。'),
  person_needed: text('This is done by a person who is logged in, not with a key.', '此操作须由登录用户完成，不能使用密钥。', '此操作須由登入使用者完成，不能使用金鑰。'),
  views_too_many: text('At most {most} views can be saved. Delete one first.', '最多可保存 {most} 个视图。请先删除一个。', '最多可儲存 {most} 個檢視。請先刪除一個。'),
  dispute_closed: text(
    'This dispute was closed already, by {closed_by}. Nothing was changed.', '该争议已由 {closed_by} 结案，未作任何更改。', '該爭議已由 {closed_by} 結案，未作任何更改。'),
  contact_not_call: text('This contact is not a call that waits for an outcome.', '该联系记录不是等待结果的电话。', '該聯絡記錄不是等待結果的電話。'),
  contact_not_failed: text(
    'Only a message that did not arrive is sent again; this one is “{state}”. Nothing was sent.', '只有未送达的消息才能重新发送；此消息的状态为“{state}”。未发送任何消息。', '只有未送達的訊息才能重新發送；此訊息的狀態為「{state}」。未發送任何訊息。'),
  contact_not_unconfirmed: text(
    'It is known already what became of this message ({state}). Nothing was changed.', '该消息的结果已经确定（{state}），未作任何更改。', '該訊息的結果已經確定（{state}），未作任何更改。'),
  resend_channel_impossible: text(
    'By this channel it was sent already, or the holder cannot be reached by it. Nothing was sent; choose another.', '该渠道已发送过，或无法联系到该客户。未发送任何消息，请选择其他渠道。',
    '該渠道已發送過，或無法聯絡到該客戶。未發送任何訊息，請選擇其他渠道。'),
  promise_open: text(
    'The holder has promised to pay by {pay_by}; until then no reminder leaves.', '客户已承诺于 {pay_by} 前缴费；在此之前不发送提醒。', '客戶已承諾於 {pay_by} 前繳費；在此之前不發送提醒。'),
  promise_date_invalid: text(
    'A promise is for today or a day within {days_max} days.', '承诺缴费日须为今天或 {days_max} 天之内。', '承諾繳費日須為今天或 {days_max} 天之內。'),
  business_date_before_last_cycle: text(
    'The cycle of {last} has run already, so {business_date} is not played any more: days are played in order. If the clock is wrong, set it right.',
    '{last} 的流程已经运行过，因此不再运行 {business_date}：营业日须依次进行。如时钟有误，请更正。', '{last} 的流程已經執行過，因此不再執行 {business_date}：營業日須依次進行。如時鐘有誤，請更正。'),
  // ---- the installation's insurers, clock and cycle ----
  insurer_exists: text('An insurer of the code {code} exists already.', '代码为 {code} 的保险公司已存在。', '代碼為 {code} 的保險公司已存在。'),
  insurer_unknown: text('There is no insurer {code}. Known: {known}.', '没有代码为 {code} 的保险公司。现有：{known}。', '沒有代碼為 {code} 的保險公司。現有：{known}。'),
  insurer_needed: text('Name the insurer with --insurer. Known: {known}.', '请用 --insurer 指定保险公司。现有：{known}。', '請用 --insurer 指定保險公司。現有：{known}。'),
  insurer_code_invalid: text(
    '“{code}” is no code for an insurer: 2 to 40 small letters, digits and hyphens, a letter first.', '“{code}”不能作为保险公司代码：须为 2 至 40 个小写字母、数字或连字符，且以字母开头。',
    '「{code}」不能作為保險公司代碼：須為 2 至 40 個小寫字母、數字或連字號，且以字母開頭。'),
  currency_unknown: text('“{value}” is no currency that we know. Write its code, like HKD.', '“{value}”不是已知的货币。请填写代码，如 HKD。', '「{value}」不是已知的貨幣。請填寫代碼，如 HKD。'),
  time_zone_unknown: text('“{value}” is no time zone. Write it like Asia/Hong_Kong.', '“{value}”不是时区。请写成 Asia/Hong_Kong 的形式。', '「{value}」不是時區。請寫成 Asia/Hong_Kong 的形式。'),
  role_unknown: text('“{value}” is no role. Roles: {known}.', '“{value}”不是角色。可选：{known}。', '「{value}」不是角色。可選：{known}。'),
  date_invalid: text('“{value}” is not a date. Write it like 2026-12-01.', '“{value}”不是日期。请写成 2026-12-01 的形式。', '「{value}」不是日期。請寫成 2026-12-01 的形式。'),
  number_invalid: text('{option}: “{value}” is not a whole number from {min} to {max}.', '{option}：“{value}”不是 {min} 至 {max} 的整数。', '{option}：「{value}」不是 {min} 至 {max} 的整數。'),
  clock_not_movable: text('The clock of {code} is the real one; only a simulated insurer’s clock can be moved.', '{code} 使用真实时间；只有模拟保险公司的时钟可以调整。', '{code} 使用真實時間；只有模擬保險公司的時鐘可以調整。'),
  stage_unknown: text('There is no stage “{stage}”. Stages: {known}.', '没有名为“{stage}”的步骤。可选：{known}。', '沒有名為「{stage}」的步驟。可選：{known}。'),
  cycle_failed: text(
    'The cycle of {business_date} stands at {stage}: {reason}. What was done stays done; remove the cause and run it again with --resume.',
    '{business_date} 的流程停在 {stage}：{reason}。已完成的部分保留；排除原因后用 --resume 继续。', '{business_date} 的流程停在 {stage}：{reason}。已完成的部分保留；排除原因後以 --resume 繼續。'),
  cycle_stopped: text(
    'The cycle of {business_date} was stopped at {stage}. What was done stays done; go on with --resume.', '{business_date} 的流程已在 {stage} 停止。已完成的部分保留；用 --resume 继续。',
    '{business_date} 的流程已在 {stage} 停止。已完成的部分保留；以 --resume 繼續。'),
  // ---- files of policies ----
  file_unreadable: text(
    'The file {file} cannot be read: {reason}. Check its name and that you may read it.',
    '无法读取文件 {file}：{reason}。请检查文件名和读取权限。',
    '無法讀取檔案 {file}：{reason}。請檢查檔名和讀取權限。'),
  file_unwritable: text(
    'The file {file} cannot be written: {reason}. What was imported is in; name another file.',
    '无法写入文件 {file}：{reason}。已导入的数据保留；请指定其他文件。',
    '無法寫入檔案 {file}：{reason}。已匯入的資料保留；請指定其他檔案。'),
  file_empty: text(
    '{file} has no rows. Export it again with its header.',
    '{file} 没有数据行。请连同表头重新导出。',
    '{file} 沒有資料列。請連同表頭重新匯出。'),
  file_not_a_table: text(
    '{file} is no table: its first line does not name columns. Save it as CSV, TSV or XLSX with a header.',
    '{file} 不是表格：首行不是列名。请另存为带表头的 CSV、TSV 或 XLSX。',
    '{file} 不是表格：首列不是欄名。請另存為帶表頭的 CSV、TSV 或 XLSX。'),
  encoding_unknown: text(
    'The encoding of {file} was not recognised. Save it as UTF-8.',
    '无法识别 {file} 的编码。请另存为 UTF-8。',
    '無法識別 {file} 的編碼。請另存為 UTF-8。'),
  columns_too_many: text(
    '{file} has {columns} columns; at most {most} can be read. Keep those that a policy needs.',
    '{file} 有 {columns} 列，最多可读取 {most} 列。请只保留保单所需的列。',
    '{file} 有 {columns} 欄，最多可讀取 {most} 欄。請只保留保單所需的欄。'),
  column_twice: text(
    'The column “{column}” stands in the header twice. Rename one of them.',
    '表头中“{column}”列出现两次。请重命名其中之一。',
    '表頭中「{column}」欄出現兩次。請重新命名其中之一。'),
  workbook_damaged: text(
    '{file} is no workbook that can be opened: {reason}. Save it again as XLSX, or as CSV.',
    '无法打开工作簿 {file}：{reason}。请重新另存为 XLSX 或 CSV。',
    '無法開啟活頁簿 {file}：{reason}。請重新另存為 XLSX 或 CSV。'),
  workbook_too_large: text(
    '{file} would unpack to {unpacked_mb} MB (at most {most_mb}); it was not opened. Save it as CSV.',
    '{file} 解压后将达 {unpacked_mb} MB（上限 {most_mb}），未予打开。请另存为 CSV。',
    '{file} 解壓後將達 {unpacked_mb} MB（上限 {most_mb}），未予開啟。請另存為 CSV。'),
  workbook_old: text(
    '{file} is an Excel file of before 2007, or has a password. Save it as XLSX without a password, or as CSV.',
    '{file} 是 2007 年以前的 Excel 文件，或设有密码。请另存为不带密码的 XLSX，或 CSV。',
    '{file} 是 2007 年以前的 Excel 檔案，或設有密碼。請另存為不帶密碼的 XLSX，或 CSV。'),
  import_running: text(
    'Another import of {code} is running. Wait until it has ended; nothing was changed.',
    '{code} 的另一项导入正在进行。请待其结束；未作任何更改。',
    '{code} 的另一項匯入正在進行。請待其結束；未作任何更改。'),
  mapping_default_invalid: text(
    'The mapping’s default “{value}” cannot be a {field}. Correct it; nothing was changed.',
    '映射中的默认值“{value}”不能用作 {field}。请更正；未作任何更改。',
    '對應中的預設值「{value}」不能用作 {field}。請更正；未作任何更改。'),
  mapping_not_readable: text(
    'The mapping cannot be read at “{at}”: {reason}. Correct it there.',
    '映射文件在“{at}”处无法读取：{reason}。请更正。',
    '對應檔在「{at}」處無法讀取：{reason}。請更正。'),
  mapping_field_unknown: text(
    'The mapping names a field “{field}” that does not exist. Fields: {known}.',
    '映射中的字段“{field}”不存在。可用字段：{known}。',
    '對應中的欄位「{field}」不存在。可用欄位：{known}。'),
  mapping_incomplete: text(
    'Nothing in the file or the mapping says: {fields}. Name the columns in a --mapping, give defaults there, or name a --market.',
    '文件和映射均未提供：{fields}。请在 --mapping 中指定列或默认值，或使用 --market。',
    '檔案和對應均未提供：{fields}。請在 --mapping 中指定欄或預設值，或使用 --market。'),
  row_torn: text(
    'The row has {cells} cells, the header {columns}. Look for a quote or a delimiter too many or too few.',
    '该行有 {cells} 个单元格，而表头有 {columns} 个。请检查是否多了或少了引号或分隔符。',
    '該列有 {cells} 個儲存格，而表頭有 {columns} 個。請檢查是否多了或少了引號或分隔符號。'),
  value_missing: text(
    'There is no value for {field}. Fill it in.',
    '缺少 {field} 的值。请补充。',
    '缺少 {field} 的值。請補充。'),
  text_unreadable: text(
    'The text has characters that cannot be read. Save the file in UTF-8 and check this cell.',
    '文本含有无法识别的字符。请以 UTF-8 保存文件并检查此单元格。',
    '文字含有無法識別的字元。請以 UTF-8 儲存檔案並檢查此儲存格。'),
  text_too_long: text(
    '“{value}…” is longer than {most} characters. Shorten it.',
    '“{value}…”超过 {most} 个字符。请缩短。',
    '「{value}…」超過 {most} 個字元。請縮短。'),
  count_invalid: text(
    '“{value}” is no count. Write a whole number, 0 or more.',
    '“{value}”不是次数。请填写 0 或以上的整数。',
    '「{value}」不是次數。請填寫 0 或以上的整數。'),
  number_out_of_range: text(
    '“{value}” is no number from {from} to {to}. Correct it.',
    '“{value}”不是 {from} 至 {to} 之间的数字。请更正。',
    '「{value}」不是 {from} 至 {to} 之間的數字。請更正。'),
  date_not_real: text(
    '“{value}” is no day of the calendar. Correct it, for example 29 February in a year that has none.',
    '“{value}”不是真实日期。请更正，例如非闰年的 2 月 29 日。',
    '「{value}」不是真實日期。請更正，例如非閏年的 2 月 29 日。'),
  date_ambiguous: text(
    '“{value}” may be two different days. Write it as year-month-day.',
    '“{value}”可能表示两个不同的日期。请写成 年-月-日。',
    '「{value}」可能表示兩個不同的日期。請寫成 年-月-日。'),
  word_unknown: text(
    '“{value}” is not known here. Known: {known}.',
    '“{value}”无法识别。可用：{known}。',
    '「{value}」無法識別。可用：{known}。'),
  email_invalid: text(
    '“{value}” is no e-mail address. Correct it or leave it empty.',
    '“{value}”不是邮箱地址。请更正或留空。',
    '「{value}」不是電郵地址。請更正或留空。'),
  phone_invalid: text(
    '“{value}” is no telephone number. Write it with its country code, or leave it empty.',
    '“{value}”不是电话号码。请加上国家代码，或留空。',
    '「{value}」不是電話號碼。請加上國家代碼，或留空。'),
  premium_not_positive: text(
    '“{value}” is no premium, for it is not above zero. Correct it, or leave the policy out.',
    '“{value}”不大于零，不能作为保费。请更正，或不导入该保单。',
    '「{value}」不大於零，不能作為保費。請更正，或不匯入該保單。'),
  premium_improbable: text(
    'The premium is larger than any we would bill unseen. Check the decimal point.',
    '保费金额过大，不会直接出账。请检查小数点。',
    '保費金額過大，不會直接出帳。請檢查小數點。'),
  policy_number_twice: text(
    'The policy number {value} stands in this file twice. Keep one of the rows.',
    '保单号 {value} 在文件中出现两次。请只保留一行。',
    '保單號碼 {value} 在檔案中出現兩次。請只保留一列。'),
  holder_rows_disagree: text(
    'The rows of holder {value} do not say the same about the holder. Make them agree; this row was left out.',
    '投保人 {value} 的各行信息不一致。请使其一致；本行未导入。',
    '投保人 {value} 的各列資料不一致。請使其一致；本列未匯入。'),
  cover_ends_before_it_begins: text(
    'Cover would end on {to}, not after it begins on {from}. Correct one of the dates.',
    '保障终止日 {to} 不晚于生效日 {from}。请更正。',
    '保障終止日 {to} 不晚於生效日 {from}。請更正。'),
  due_before_cover: text(
    'The next due date {next} lies before cover begins on {from}. Correct one of the dates.',
    '下次缴费日 {next} 早于生效日 {from}。请更正。',
    '下次繳費日 {next} 早於生效日 {from}。請更正。'),
  due_off_schedule: text(
    'The next due date {next} is not on the policy’s schedule (expected {expected}). Correct due date, cover date or mode.',
    '下次缴费日 {next} 不符合保单的缴费计划（应为 {expected}）。请更正缴费日、生效日或缴费方式。',
    '下次繳費日 {next} 不符合保單的繳費計劃（應為 {expected}）。請更正繳費日、生效日或繳費方式。'),
  // ---- changes of a policy ----
  policy_closed: text('This policy has ended; it can no longer be changed.', '该保单已终止，无法再变更。', '該保單已終止，無法再更改。'),
  policy_not_in_force: text(
    'This policy is suspended or lapsed. Reinstate it first, or cancel it.', '该保单已中止或失效。请先办理复效，或退保。', '該保單已停效或失效。請先辦理復效，或退保。'),
  change_changes_nothing: text('The policy says this already. Enter what should be different.', '保单原本就是如此。请输入要变更的内容。', '保單原本就是如此。請輸入要更改的內容。'),
  change_before_cover: text('This day lies too early; the earliest is {from}.', '日期过早，最早为 {from}。', '日期過早，最早為 {from}。'),
  change_after_cover: text('Cover ends on {to}. Choose an earlier day.', '保障至 {to} 终止。请选择更早的日期。', '保障至 {to} 終止。請選擇較早的日期。'),
  change_before_last_change: text(
    'The policy was changed with effect from {on}. Choose that day or a later one, or take the last change back first.',
    '保单已有自 {on} 起生效的变更。请选择该日或之后的日期，或先撤销上一次变更。', '保單已有自 {on} 起生效的更改。請選擇該日或之後的日期，或先撤銷上一次更改。'),
  change_too_far_ahead: text('This lies too far ahead: changes can be entered up to {until}.', '日期过远：目前最远可登记至 {until}。', '日期過遠：目前最遠可登記至 {until}。'),
  change_not_in_books: text(
    'Part of these days was billed before the policy came into our books. Choose a day from the first bill on that stands here.',
    '其中部分日期的账单在保单转入本系统之前开出。请选择本系统首张账单起的日期。', '其中部分日期的帳單在保單轉入本系統之前開出。請選擇本系統首張帳單起的日期。'),
  change_meets_closed_bill: text(
    'Bill {bill} of these days is written off or waits for review, so it cannot ask for less. Settle it first, or choose a later day.',
    '这些日期的账单 {bill} 已核销或待复核，无法减少。请先处理，或选择更晚的日期。', '這些日期的帳單 {bill} 已撇帳或待覆核，無法減少。請先處理，或選擇較後的日期。'),
  change_meets_plan: text(
    'A payment plan runs for these days. End or adjust the plan first.', '这些日期正在执行分期缴费安排。请先结束或调整该安排。', '這些日期正執行分期繳費安排。請先結束或調整該安排。'),
  nothing_to_come: text('No further instalment will fall due on this policy.', '该保单没有后续应缴保费。', '該保單沒有後續應繳保費。'),
  single_premium: text('This policy is paid by a single premium; there are no instalments to change.', '该保单为趸缴，没有分期可变更。', '該保單為躉繳，沒有分期可更改。'),
  due_day_not_possible: text('Choose a day of the month from 1 to {most}.', '请选择每月 1 至 {most} 日中的一天。', '請選擇每月 1 至 {most} 日中的一天。'),
  due_day_outside_grace: text(
    'This would move the next due date by more than {days} days, which the grace period here does not allow. Choose an earlier day.',
    '下次缴费日将推迟超过 {days} 天，超出当地宽限期。请选择更早的日子。', '下次繳費日將延後超過 {days} 天，超出當地寬限期。請選擇較早的日子。'),
  instalment_too_small: text(
    'Each instalment would be below the smallest that is billed ({minimum_minor} in minor units). Choose fewer instalments.',
    '每期保费将低于可出账的最低金额（最小货币单位 {minimum_minor}）。请选择较少的期数。', '每期保費將低於可出帳的最低金額（最小貨幣單位 {minimum_minor}）。請選擇較少的期數。'),
  short_rate_not_allowed: text(
    'Short rates are not allowed here: {source} Cancel pro rata instead.', '此地不允许按短期费率退保：{source} 请改为按日比例退保。', '此地不允許按短期費率退保：{source} 請改為按日比例退保。'),
  holiday_too_long: text('A premium holiday ends after it begins and lasts at most {days} days.', '缓缴期的结束日须晚于开始日，且最长 {days} 天。', '保費假期的結束日須遲於開始日，且最長 {days} 天。'),
  not_lapsed: text('This policy is in force; there is nothing to reinstate.', '该保单有效，无需复效。', '該保單有效，毋須復效。'),
  plan_policy_not_in_force: text('The policy is not in force. Reinstate it first; then a plan can be agreed.', '保单未生效。请先复效，再商定缴费安排。', '保單並非生效中。請先復效，再商定繳費安排。'),
  plan_not_possible: text(
    'No plan can replace this bill: it is paid, withdrawn, in dispute, being paid now, or came from a former system.', '该账单不能改为缴费安排：可能已缴清、已撤回、有争议、正在支付，或来自旧系统。',
    '該帳單不能改為繳費安排：可能已繳清、已撤回、有爭議、正在付款，或來自舊系統。'),
  plan_not_offered: text('This plan is not offered for this bill. Choose another one.', '该账单不提供此缴费安排，请另选。', '該帳單不提供此繳費安排，請另選。'),
  plan_part_too_small: text('The parts would be too small. Choose fewer parts.', '每期金额过小，请减少期数。', '每期金額過小，請減少期數。'),
  plan_needs_approval: text('This plan lies outside what one person may agree. Ask for approval.', '该安排超出单人可批准的范围，请提交审批。', '該安排超出單人可批准的範圍，請提交審批。'),
  plan_runs_already: text('A plan runs for this bill already.', '该账单已有缴费安排。', '該帳單已有繳費安排。'),
  plan_undone_already: text('{by} has taken this plan back already.', '{by} 已撤销该缴费安排。', '{by} 已撤銷該繳費安排。'),
  plan_part_paid: text('A part of this plan is paid, or it was adjusted: it cannot be taken back. Adjust it instead.', '该安排已有部分缴付或已调整，无法撤销；请改为调整。', '該安排已有部分繳付或已調整，無法撤銷；請改為調整。'),
  change_undone_already: text('{by} has taken this change back already.', '{by} 已撤销该变更。', '{by} 已撤銷該更改。'),
  change_not_newest: text('A later change stands on this one. Take the later one back first.', '之后还有其他变更。请先撤销较晚的变更。', '之後還有其他更改。請先撤銷較後的更改。'),
  change_has_followers: text(
    'Bills have been issued by the new terms since. Make a new change instead of taking this one back.', '已按新条件开出账单。请改为办理新的变更，而非撤销。', '已按新條件開出帳單。請改為辦理新的更改，而非撤銷。'),
  // ---- the simulator ----
  behaviour_not_readable: text(
    'The behaviour file is not right at “{at}”: {reason}. Compare it with simulator/behaviour.json; nothing was built.',
    '行为文件在“{at}”处有误：{reason}。请与 simulator/behaviour.json 对照；未生成任何数据。', '行為檔案在「{at}」處有誤：{reason}。請與 simulator/behaviour.json 對照；未產生任何資料。'),
  simulation_size_invalid: text(
    '{policies} is no number of policies: 1 to {policies_max}.', '保单数量 {policies} 无效，应为 1 至 {policies_max}。', '保單數量 {policies} 無效，應為 1 至 {policies_max}。'),
  simulation_stopped: text(
    'Stopped: nothing of {code} was kept. Run the same command to build it from the beginning.', '已停止：{code} 的数据均未保留。重新运行同一命令即可从头生成。', '已停止：{code} 的資料均未保留。重新執行同一命令即可從頭產生。'),
  insurer_not_simulated: text(
    '{code} has real holders; nobody plays their days.', '{code} 的客户是真实客户，不能模拟其行为。', '{code} 的客戶是真實客戶，不能模擬其行為。'),
  clock_cannot_go_back: text(
    'The clock of {code} stands at {now} and only goes forward; {wanted} is behind it.', '{code} 的时钟为 {now}，只能向前调整；{wanted} 已过去。', '{code} 的時鐘為 {now}，只能向前調整；{wanted} 已過去。'),
  play_stopped: text(
    'Stopped after {played_until}. The same command goes on from there.', '已在 {played_until} 之后停止。运行同一命令可继续。', '已在 {played_until} 之後停止。執行同一命令可繼續。'),
  // ---- people ----
  password_too_short: text('A password has at least {length_min} characters.', '密码至少 {length_min} 个字符。', '密碼至少 {length_min} 個字元。'),
  email_taken: text('Somebody with this e-mail exists already.', '该邮箱已被使用。', '該電郵已被使用。'),
  language_unknown: text('There is no language {value}. Known: {known}.', '没有语言 {value}。可用：{known}。', '沒有語言 {value}。可用：{known}。'),
  design_incomplete: text(
    'The first third of this bill lacks: {missing}. Amount, due date, how to pay, what follows and whom to ask must stand there. Add them, then publish.',
    '账单前三分之一缺少：{missing}。金额、缴费日、缴费方式、后果和联系方式必须在那里。请补上后再发布。', '帳單前三分之一缺少：{missing}。金額、繳費日、繳費方式、後果及聯絡方式必須在該處。請補上後再發布。'),
  design_not_plain: text(
    'The words are not plain enough: {score} of 100, and {least} are needed. See what costs points, use plainer words, then publish.',
    '用词不够通俗：{score} 分（满分 100），至少需要 {least} 分。请查看扣分原因，改用通俗的说法后再发布。', '用詞不夠淺白：{score} 分（滿分 100），至少需要 {least} 分。請查看扣分原因，改用淺白的說法後再發布。'),
  design_pale: text(
    'The colour is too pale to be read on white: contrast {contrast}, and {least} is needed. Choose a darker one.',
    '颜色太浅，白底上看不清：对比度 {contrast}，至少需要 {least}。请选更深的颜色。', '顏色太淺，白底上看不清：對比度 {contrast}，至少需要 {least}。請選較深的顏色。'),
  design_place_unknown: text(
    'These places are filled by no bill: {places}. Use those that are listed beside the field.', '没有账单能填入这些占位：{places}。请使用输入框旁列出的占位。', '沒有帳單能填入這些佔位：{places}。請使用輸入框旁列出的佔位。'),
  design_nobody: text(
    'With this share no holder would get any design. Give this or another one a share above 0.', '这样一来没有持有人会收到任何设计。请为此设计或其他设计设定大于 0 的份额。', '這樣一來沒有持有人會收到任何設計。請為此設計或其他設計設定大於 0 的份額。'),
  approval_waits_already: text('The same act waits for a second person already (request {approval_id}).', '同一操作已在等待第二人审批（申请 {approval_id}）。', '同一操作已在等待第二人審批（申請 {approval_id}）。'),
  approval_answered_already: text('This request was answered by {by} meanwhile.', '该申请已由 {by} 处理。', '該申請已由 {by} 處理。'),
  approval_needs_another: text('You asked for this yourself; another person has to answer.', '这是您本人提出的申请，须由他人审批。', '這是您本人提出的申請，須由他人審批。'),
  approval_withdrawn_by_asker: text('Only {by}, who asked, can withdraw this request; you can refuse it.', '只有申请人 {by} 可以撤回；您可以拒绝该申请。', '只有申請人 {by} 可以撤回；您可以拒絕該申請。'),
  waiting_money_gone: text('There is not so much money waiting any more. Look again and choose a smaller amount.', '暂收款余额不足。请刷新后选择较小的金额。', '暫收款餘額不足。請重新整理後選擇較小的金額。'),
  own_money_exceeds_owed: text('That is more than is owed on the bill.', '金额超过账单欠款。', '金額超過帳單欠款。'),
  receipt_given_already: text('{by} has given this receipt to somebody meanwhile.', '{by} 已认领这笔来款。', '{by} 已認領這筆來款。'),
  group_payer_not_company: text('A group’s payer is a company among the holders. Choose one.', '团体付款方须为公司客户，请另选。', '團體付款方須為公司客戶，請另選。'),
  group_policy_unknown: text('No policy has the number {policy}. Look it up and enter it again.', '没有保单号为 {policy} 的保单，请核对后重新输入。', '沒有保單號為 {policy} 的保單，請核對後重新輸入。'),
  group_member_elsewhere: text('A group pays for policy {policy} on that day already. Let it leave there first.', '保单 {policy} 当日已由团体付款，请先在原团体中退出。', '保單 {policy} 當日已由團體付款，請先在原團體中退出。'),
  list_bill_exists: text('This month has its list already. Open that one.', '该月份已有汇总账单，请直接打开。', '該月份已有彙總帳單，請直接開啟。'),
  list_bill_empty: text('No member owes anything by the end of that month, so there is nothing to list.', '截至该月底没有成员欠费，无需汇总。', '截至該月底沒有成員欠費，無需彙總。'),
  list_bill_paid: text('Nothing more is owed on this list, or nothing more was reported.', '该汇总账单已无应缴金额，或申报金额已缴足。', '該彙總帳單已無應繳金額，或申報金額已繳足。'),
  group_report_columns: text('The file needs the columns employee, policy and amount (or units, where the group has a rate). Nothing was kept.', '文件须有 employee、policy 和 amount 列（按用量计费的团体用 units）。未保存。', '檔案須有 employee、policy 和 amount 欄（按用量計費的團體用 units）。未儲存。'),
  group_report_row: text('Row {row} has no amount that can be read. Correct it and load the file again; nothing was kept.', '第 {row} 行金额无法识别，请更正后重新上传。未保存。', '第 {row} 行金額無法識別，請更正後重新上傳。未儲存。'),
  chart_incomplete: text('Your chart of accounts has no code for: {accounts}. Name them, then make the file again.', '科目对照表缺少以下科目的代码：{accounts}。请补全后重新导出。', '科目對照表缺少以下科目的代碼：{accounts}。請補全後重新匯出。'),
  rates_columns: text('The file needs the columns date, from, to, rate and source. Nothing was kept.', '文件须有 date、from、to、rate、source 列。未保存。', '檔案須有 date、from、to、rate、source 欄。未儲存。'),
  rates_row: text('Row {row} is no rate that can be read. Correct it and load the file again; nothing was kept.', '第 {row} 行汇率无法识别，请更正后重新上传。未保存。', '第 {row} 行匯率無法識別，請更正後重新上載。未儲存。'),
  producer_looks_after: text('A producer looks after policy {policy} already.', '保单 {policy} 已有服务中介。', '保單 {policy} 已有服務中介。'),
  commission_rate_exists: text('A rate for the same policies holds from that day already. Choose another day.', '同一范围自该日起已有费率，请选择其他日期。', '同一範圍自該日起已有費率，請選擇其他日期。'),
  refund_not_due: text('This refund was sent or taken back meanwhile.', '该退款已付出或已撤回。', '該退款已付出或已撤回。'),
  bill_not_written_off: text('This bill is not written off.', '该账单未核销。', '該帳單未撇帳。'),
  write_off_recovered: text('Money has come for this bill since it was written off; it stays closed.', '核销后该账单已有款项收回，维持关闭。', '撇帳後該帳單已有款項收回，維持關閉。'),
  money_in_flight: text('A payment for this bill is on its way. Wait for its result.', '该账单有一笔付款正在处理，请等待结果。', '該帳單有一筆付款正在處理，請等候結果。'),
  policy_unknown: text('There is no policy {policy}.', '没有保单 {policy}。', '沒有保單 {policy}。'),
  note_needed: text('Say why: --note "…".', '请说明原因：--note "…"。', '請說明原因：--note "…"。'),
  option_unknown: text('{option} does not know “{value}”. Known: {known}', '{option} 不支持“{value}”。可用：{known}', '{option} 不支援「{value}」。可用：{known}'),
  changed_meanwhile: text(
    '{by} changed this in the meantime, so nothing of yours was saved. Look at what is there now and try again.',
    '{by} 已先行修改，您的更改未保存。请查看最新内容后重试。', '{by} 已先行修改，您的更改未儲存。請查看最新內容後再試。'),
  strategy_without_guard: text(
    'A strategy needs a limit that protects the relationship. Nothing was saved; choose what must stay low, and up to where.',
    '策略必须设定一项保护客户关系的限值。未保存；请选择须控制的指标及其上限。', '策略必須設定一項保護客戶關係的限值。未儲存；請選擇須控制的指標及其上限。'),
  strategy_floor_above_ceiling: text(
    'The least number of contacts ({min}) is above the most ({max}). Nothing was saved; lower one or raise the other.',
    '最少联系次数（{min}）高于最多联系次数（{max}）。未保存；请调整其中一项。', '最少聯絡次數（{min}）高於最多聯絡次數（{max}）。未儲存；請調整其中一項。'),
  strategy_without_treatment: text('A strategy must be allowed to do something. Nothing was saved; choose at least one way.', '策略至少要允许一种做法。未保存；请至少选择一种。', '策略至少要容許一種做法。未儲存；請至少選擇一種。'),
  strategy_exists: text(
    'Strategy {id} “{name}” is active for the same bills. Nothing was saved; change that one, retire it first, or save this one as a draft.',
    '策略 {id}“{name}”已对相同账单生效。未保存；请更改该策略、先将其停用，或把此策略存为草稿。',
    '策略 {id}「{name}」已對相同帳單生效。未儲存；請更改該策略、先將其停用，或把此策略存為草稿。'),
  strategy_of_house: text(
    'The house’s strategy is for every bill that has no other, so it stays active and for all. Nothing was saved; make a strategy of its own for a part of the bills.',
    '总策略适用于所有没有其他策略的账单，因此始终生效且适用于全部。未保存；如只针对部分账单，请另建策略。',
    '總策略適用於所有沒有其他策略的帳單，因此一直生效且適用於全部。未儲存；如只針對部分帳單，請另建策略。'),
  target_exists: text(
    'There is a target of this figure, scope and step from this day already. Change that one.', '该指标、范围和阶段自该日起已有目标，请修改原有目标。', '該指標、範圍和階段自該日起已有目標，請修改原有目標。'),
  segment_empty: text(
    'A segment without a condition would be everybody. Choose at least one condition.', '没有条件的客群等于全部客户。请至少选择一个条件。', '沒有條件的客群等於全部客戶。請至少選擇一個條件。'),
  segment_name_taken: text(
    'There is a segment “{name}” already. Give this one another name, or change that one.', '已有名为“{name}”的客群。请换一个名称，或修改原有客群。', '已有名為「{name}」的客群。請換一個名稱，或修改原有客群。'),
  segments_full: text(
    'There are {most} segments already, and no more can be counted in one report. Archive one that nobody uses.', '已有 {most} 个客群，达到一份报告可统计的上限。请归档不再使用的客群。', '已有 {most} 個客群，達到一份報告可統計的上限。請封存不再使用的客群。'),
  alert_closed: text('Somebody has acknowledged this alert already.', '该预警已有人确认。', '該預警已有人確認。'),
  own_rights: text(
    'Nobody changes their own rights. Ask a colleague who is a manager or works in IT.', '不能更改自己的权限。请联系经理或 IT 同事。', '不能更改自己的權限。請聯絡經理或 IT 同事。'),
  last_manager: text(
    'This is the last manager; without one, nobody could approve anything. Make somebody else a manager first.',
    '这是最后一位经理；没有经理则无人可以审批。请先指定另一位经理。', '這是最後一位經理；沒有經理則無人可以審批。請先指定另一位經理。'),
  // ---- jobs, and files that come in over the network ----
  job_not_failing: text(
    'This job is not failing any more: it is done, or being worked on.', '该任务已不处于失败状态：可能已完成或正在处理。', '該工作已不處於失敗狀態：可能已完成或正在處理。'),
  file_name_invalid: text('“{name}” is no name for a file. Rename the file and send it again.', '“{name}”不是有效的文件名。请重命名后再上传。', '「{name}」不是有效的檔名。請重新命名後再上載。'),
  upload_too_large: text(
    'The file is larger than {gigabytes} GB. Split it; each part needs the header.', '文件超过 {gigabytes} GB。请拆分文件，每部分均须包含表头。', '檔案超過 {gigabytes} GB。請拆分檔案，每部分均須包含表頭。'),
  upload_failed: text(
    'The file did not arrive whole: {reason}. Nothing was imported; send it again.', '文件未完整上传：{reason}。未导入任何数据，请重新上传。', '檔案未完整上載：{reason}。未匯入任何資料，請重新上載。'),
  upload_out_of_step: text(
    'This piece does not follow what has arrived ({received_bytes} bytes). Go on from there.', '该分段与已收到的内容（{received_bytes} 字节）不衔接。请从该处继续上传。',
    '該分段與已收到的內容（{received_bytes} 位元組）不銜接。請從該處繼續上載。'),
  import_not_ready: text(
    'This import cannot be run: its file has not arrived whole, or is gone. Send the file again.', '无法运行该导入：文件未完整上传或已删除。请重新上传文件。', '無法執行該匯入：檔案未完整上載或已刪除。請重新上載檔案。'),
  import_not_running: text('This import is not running.', '该导入未在运行。', '該匯入未在執行。'),
  import_broke: text(
    'The import broke off: {reason}. What is in stays in; run it again and it goes on from there.', '导入中断：{reason}。已导入的数据保留；重新运行即可从该处继续。',
    '匯入中斷：{reason}。已匯入的資料保留；重新執行即可從該處繼續。'),
  mapping_column_unknown: text('The file has no column “{column}”.', '文件中没有“{column}”列。', '檔案中沒有「{column}」欄。'),
  mapping_field_twice: text('Two columns are mapped to {field}. Leave one of them out.', '有两列对应到 {field}。请取消其中一列。', '有兩欄對應到 {field}。請取消其中一欄。'),
  // ---- connected systems ----
  connection_address_invalid: text(
    '“{address}” cannot be the address of a system: it needs https (http only on this machine), without a password, a question mark or #.',
    '“{address}”不能作为系统地址：须使用 https（仅本机可用 http），且不含密码、问号或 #。', '「{address}」不能作為系統網址：須使用 https（僅本機可用 http），且不含密碼、問號或 #。'),
  connection_secret_needed: text('A new connection needs its secret.', '新建对接须填写密钥。', '新建對接須填寫密鑰。'),
  connection_missing: text('There is no such connection yet. Set it up first.', '该对接尚未建立，请先设置。', '該對接尚未建立，請先設定。'),
  connection_paused: text('This connection is paused. Resume it first.', '该对接已暂停，请先恢复。', '該對接已暫停，請先恢復。'),
  sync_running: text('A sync is running already.', '同步正在进行。', '同步正在進行。'),
  sync_interrupted: text('The run was interrupted; the next one went on from there.', '该次同步中断，下一次已从中断处继续。', '該次同步中斷，下一次已從中斷處繼續。'),
  sync_unreachable: text('The system cannot be reached ({detail}). Check its address, and that it runs.', '无法连接该系统（{detail}）。请检查地址及系统是否运行。', '無法連接該系統（{detail}）。請檢查網址及系統是否運作。'),
  sync_timed_out: text('The system did not answer within {detail}.', '该系统未在 {detail} 内响应。', '該系統未在 {detail} 內回應。'),
  sync_too_many_requests: text('The system asks us to come back later ({detail}).', '该系统要求稍后再试（{detail}）。', '該系統要求稍後再試（{detail}）。'),
  sync_server_error: text('The system has an error of its own ({detail}).', '该系统内部出错（{detail}）。', '該系統內部出錯（{detail}）。'),
  sync_not_admitted: text('The system refuses our signature. Check that both sides have the same secret and the right time.', '该系统拒绝了我方签名。请检查双方密钥是否一致、时钟是否准确。',
    '該系統拒絕了我方簽署。請檢查雙方密鑰是否一致、時鐘是否準確。'),
  sync_secret_unreadable: text('The secret cannot be opened here; it was sealed by another installation. Enter it again.', '无法在此解密密钥（由其他安装加密）。请重新输入。', '無法在此解密密鑰（由其他安裝加密）。請重新輸入。'),
  sync_not_understood: text('The system’s answer is not as agreed: {detail}', '该系统的响应不符合约定：{detail}', '該系統的回應不符合約定：{detail}'),
  sync_unknown_there: text('The system does not know this customer or entry.', '该系统中没有此客户或分录。', '該系統中沒有此客戶或分錄。'),
  sync_version_refused: text('The record changed there while we were writing; it is read and tried again.', '写入期间对方记录已变更；将重新读取后再试。', '寫入期間對方記錄已變更；將重新讀取後再試。'),
  sync_refused: text('The system refuses this: {detail}', '该系统拒绝了此项：{detail}', '該系統拒絕了此項：{detail}'),
  sync_value_invalid: text('“{detail}” cannot be right. Correct it in the other system.', '“{detail}”无效。请在对方系统中更正。', '「{detail}」無效。請在對方系統中更正。'),
  contacts_file_invalid: text(
    'The file cannot be read as contacts ({detail}). It needs a header with external_ref and the fields that changed.',
    '无法将该文件读作联系方式（{detail}）。表头须包含 external_ref 及已更改的字段。', '無法將該檔案讀作聯絡資料（{detail}）。表頭須包含 external_ref 及已更改的欄位。'),
};

/** The text of a problem in a language, with its details filled in; a code without a text is shown as itself, so that nothing stays silent. */
export function problemText(problem: Problem, language: Language): string {
  const words = PROBLEM_TEXTS[problem.code]?.[language] ?? problem.code.replaceAll('_', ' ');
  return words.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = problem.details?.[name];
    return value === undefined || value === null ? placeholder : String(value);
  });
}
