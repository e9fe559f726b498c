export { keyAfter, monthOf, placeOf } from './counter-id.ts';
export { DIMENSIONS } from './dimensions.ts';
export { addFigures, FIGURES, noFigures, type Figures } from './figures.ts';
export { countersBetween, figuresIn, type PlaceFigures } from './read.ts';
export { settlePlace } from './settle.ts';
export { Tally, type CountedDecision } from './tally.ts';
