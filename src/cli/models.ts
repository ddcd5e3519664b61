/** `inforce risk promote|learn`: which model scores an insurer's book. */

import fs from 'node:fs';
import path from 'node:path';
import { type Command } from 'commander';
import { promoteModel, trainOnOwnPast } from '../cycle/index.ts';
import { inInsurer } from '../database/index.ts';
import { fail, ok, type Result } from '../kernel/index.ts';
import { businessDateOf, clockOf } from '../portfolio/index.ts';
import { parseModel, type RiskModel } from '../risk/index.ts';
import { insurerOption, withInsurer } from './house.ts';

/** Adds to the command `risk`. */
export function registerModels(program: Command): void {
  const risk = program.commands.find((command) => command.name() === 'risk');
  if (risk === undefined) throw new Error('registerRisk comes first');
  insurerOption(risk.command('promote').argument('<model>', 'model (JSON) of risk train').description('Let a model score this insurer’s book from the next cycle on'))
    .addHelpText('after', '\nExample:\n  inforce risk promote model.json --insurer lotus')
    .action((file: string, options: { insurer?: string }) => withInsurer(options.insurer, async (database, { insurerId }) => {
      const model = readModel(file);
      if (!model.ok) return model;
      const id = await inInsurer(database.app, insurerId, (tx) => promoteModel(tx, insurerId, model.value, path.basename(file), `${model.value.trainedOn.rows} rows, ${model.value.trainedOn.fingerprint.slice(0, 12)}`));
      console.log(`Model ${id} scores from the next cycle on.`);
      return ok(null);
    }));
  insurerOption(risk.command('learn').description('Learn a model from the insurer’s own past bills, and let it score'))
    .option('--seed <number>', 'the same seed gives the same model', '1')
    .addHelpText('after', '\nExample:\n  inforce risk learn --insurer harbour')
    .action((options: { insurer?: string; seed: string }) => withInsurer(options.insurer, async (database, insurer) => {
      const until = businessDateOf(insurer, clockOf(insurer).now());
      const learnt = await inInsurer(database.app, insurer.insurerId, async (tx): Promise<Result<{ id: number; model: RiskModel }>> => {
        const trained = await trainOnOwnPast(tx, insurer.insurerId, until, Number(options.seed) || 1);
        if (!trained.ok) return trained;
        return ok({ model: trained.value, id: await promoteModel(tx, insurer.insurerId, trained.value, 'own past', `bills due before ${until}`) });
      });
      if (!learnt.ok) return learnt;
      const { id, model: { metrics, trainedOn } } = learnt.value;
      console.log(`Model ${id} learnt from ${trainedOn.rows.toLocaleString('en')} past bills${metrics === null ? '' : `; on bills held out: AUC ${metrics.auc.toFixed(4)}, calibration error ${metrics.calibrationError.toFixed(4)}`}.`);
      return ok(null);
    }));
}

function readModel(file: string): Result<RiskModel> {
  try {
    return parseModel(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (error) {
    return fail('file_unreadable', { file, reason: error instanceof Error ? error.message : String(error) });
  }
}
