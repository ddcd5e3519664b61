/** What the problems and warnings of prediction say. Moves to the kernel's texts as they are. */

import { type Language, type Problem } from '../kernel/index.ts';

type Texts = Readonly<Record<Language, string>>;

const texts = (en: string, hans: string, hant: string): Texts => ({ en, 'zh-Hans': hans, 'zh-Hant': hant });

export const RISK_PROBLEM_TEXTS: Readonly<Record<string, Texts>> = {
  file_empty: texts('The file has no header and no rows.', '文件没有表头，也没有数据行。', '檔案沒有標題列，也沒有資料列。'),
  file_unreadable: texts('The file {file} cannot be read: {reason}.', '无法读取文件 {file}：{reason}。', '無法讀取檔案 {file}：{reason}。'),
  json_unreadable: texts('The file {file} is not JSON: {reason}.', '文件 {file} 不是 JSON：{reason}。', '檔案 {file} 不是 JSON：{reason}。'),
  header_duplicate: texts('Two columns are called “{column}”. Rename one.', '有两列都叫“{column}”，请改名其中一列。', '有兩欄都叫「{column}」，請改名其中一欄。'),
  too_many_columns: texts('The file has {columns} columns; at most {columns_max} can be read.', '文件有 {columns} 列，最多可读取 {columns_max} 列。', '檔案有 {columns} 欄，最多可讀取 {columns_max} 欄。'),
  table_empty: texts('The file has no rows that can be read.', '文件中没有可读取的数据行。', '檔案中沒有可讀取的資料列。'),
  target_missing: texts('There is no column “{column}”. The columns are: {columns}.', '没有“{column}”列。现有列：{columns}。', '沒有「{column}」欄。現有欄：{columns}。'),
  target_one_value: texts(
    'The column “{column}” says “{late}” in {late_rows} of {rows} rows; both outcomes are needed to learn from. Check --late.',
    '“{column}”列在 {rows} 行中有 {late_rows} 行为“{late}”；学习需要两种结果。请检查 --late。',
    '「{column}」欄在 {rows} 列中有 {late_rows} 列為「{late}」；學習需要兩種結果。請檢查 --late。'),
  too_few_rows: texts(
    'Only {rows} rows have the rarer outcome; at least {needed} are needed.', '较少见的结果只有 {rows} 行，至少需要 {needed} 行。', '較少見的結果只有 {rows} 列，至少需要 {needed} 列。'),
  no_features: texts(
    'No column can be learnt from: {columns} are ids, constant, or different in nearly every row.', '没有可用于学习的列：{columns} 均为编号、常量或几乎每行不同。',
    '沒有可用於學習的欄：{columns} 均為編號、常數或幾乎每列不同。'),
  model_not_readable: texts('This is not a risk model: {at} {reason}.', '这不是风险模型：{at} {reason}。', '這不是風險模型：{at} {reason}。'),
  mapping_not_readable: texts('This is not a mapping: {at} {reason}.', '这不是列映射：{at} {reason}。', '這不是欄對應：{at} {reason}。'),
  row_not_found: texts('No row has the id “{id}”.', '没有编号为“{id}”的行。', '沒有編號為「{id}」的列。'),
  id_missing: texts('There is no column “{column}” to find a row by; name one with --id.', '没有用于查找的“{column}”列，请用 --id 指定。', '沒有用於查找的「{column}」欄，請用 --id 指定。'),
  leak_suspected: texts(
    'The column “{column}” alone foretells nearly every outcome. It may have been written after the fact; leave it out unless it is known in time.',
    '仅凭“{column}”列几乎就能预知每个结果。它可能是事后写入的；除非事前已知，否则请去掉。',
    '僅憑「{column}」欄幾乎就能預知每個結果。它可能是事後寫入的；除非事前已知，否則請去掉。'),
  constant_column: texts('The column “{column}” says the same in every row and was left out.', '“{column}”列每行相同，已忽略。', '「{column}」欄每列相同，已略過。'),
  too_many_categories: texts(
    'The column “{column}” is text that differs in too many rows, like a name or an id, and was left out.', '“{column}”列的文字几乎各行不同，类似姓名或编号，已忽略。',
    '「{column}」欄的文字幾乎各列不同，類似姓名或編號，已略過。'),
  wrong_number_of_fields: texts('the row has {value} fields, not as many as the header', '该行有 {value} 个字段，与表头不符', '該列有 {value} 個欄位，與標題列不符'),
  not_a_number: texts('“{value}” in the column “{field}” is not a number', '“{field}”列中的“{value}”不是数字', '「{field}」欄中的「{value}」不是數字'),
  quote_not_closed: texts('a quotation mark is opened and never closed', '引号未闭合', '引號未關閉'),
};

export function riskProblemText(problem: Problem, language: Language): string {
  const words = RISK_PROBLEM_TEXTS[problem.code]?.[language] ?? problem.code.replaceAll('_', ' ');
  return words.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(problem.details?.[name] ?? placeholder));
}
