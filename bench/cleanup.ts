type Undo = () => Promise<void> | void;

const undos: Undo[] = [];

/** Notes what must be undone however a bench ends. @returns does it now, and not again later */
export function onCleanUp(undo: Undo): () => Promise<void> {
  undos.push(undo);
  return async () => {
    const at = undos.indexOf(undo);
    if (at < 0) return;
    undos.splice(at, 1);
    await undo();
  };
}

/** Undoes everything that is left, the last first; what fails is told and holds up nothing. */
export async function cleanUp(): Promise<void> {
  for (let undo = undos.pop(); undo; undo = undos.pop()) {
    try {
      await undo();
    } catch (error) {
      console.error(error);
    }
  }
}
