/** Cases that the driver this project uses decides without the server having a say: `file: description`. */
export const DECIDED_BY_DRIVER: Readonly<Record<string, string>> = {
  ...each(
    'bypassDocumentValidation.json',
    'the driver leaves bypassDocumentValidation out when it is false',
    'Aggregate with $out passes bypassDocumentValidation: false',
    'BulkWrite passes bypassDocumentValidation: false',
    'FindOneAndReplace passes bypassDocumentValidation: false',
    'FindOneAndUpdate passes bypassDocumentValidation: false',
    'InsertMany passes bypassDocumentValidation: false',
  ),
  ...each(
    'client-bulkWrite-partialResults.json',
    'the driver always gives a partial result',
    'partialResult is unset when first operation fails during an ordered bulk write (verbose)',
    'partialResult is unset when first operation fails during an ordered bulk write (summary)',
    'partialResult is unset when all operations fail during an unordered bulk write',
  ),
  ...each(
    'create-null-ids.json',
    'the driver makes an ObjectId where _id is null',
    'inserting _id with type null via insertOne',
    'inserting _id with type null via insertMany',
    'inserting _id with type null via bulkWrite',
    'inserting _id with type null via clientBulkWrite',
  ),
};

function each(file: string, reason: string, ...descriptions: readonly string[]): Record<string, string> {
  return Object.fromEntries(descriptions.map((description) => [`${file}: ${description}`, reason]));
}
