export { keyAfter, monthOf, placeKey, placeOf, type Place } from './counter-id.ts';
export { DIMENSIONS, type Dimension, type DimensionCode } from './dimensions.ts';
export { addFigures, FIGURES, noFigures, type Figure, type Figures } from './figures.ts';
export { countersBetween, figuresIn, type PlaceFigures } from './read.ts';
export { Tally, type CountedDecision } from './tally.ts';
