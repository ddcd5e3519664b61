/** The stages of a business day in their order. A new stage is one file here and one line below. */

import { type Stage } from '../stage.ts';
import { ageStage } from './age.ts';
import { billStage } from './bill.ts';
import { decideStage } from './decide.ts';
import { dispatchStage } from './dispatch.ts';
import { gateStage } from './gate.ts';
import { reportStage } from './report.ts';
import { scoreStage } from './score.ts';
import { segmentStage } from './segment.ts';

export const STAGES: readonly Stage[] = [billStage, ageStage, scoreStage, decideStage, gateStage, dispatchStage, segmentStage, reportStage];
