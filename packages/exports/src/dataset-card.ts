export interface DatasetCard {
  title: string;
  /** What it is and how it was made, in Markdown. */
  description: string;
  /** An SPDX name in lower case, as Hugging Face has them. */
  license: string;
  images: number;
  identities: number;
  /** Bytes of all images. */
  bytes: number;
  classNames?: readonly string[];
}

const SIZES = [
  [1e3, "n<1K"],
  [1e4, "1K<n<10K"],
  [1e5, "10K<n<100K"],
  [1e6, "100K<n<1M"],
  [1e7, "1M<n<10M"],
  [1e8, "10M<n<100M"],
] as const;

/** A README.md that Hugging Face reads beside the Parquet shards: YAML with the features and files, then the text. */
export function datasetCard(card: DatasetCard): string {
  const size = SIZES.find(([limit]) => card.images < limit)?.[1] ?? "100M<n<1B";
  // JSON is YAML, and escapes what a title may hold.
  const quoted = JSON.stringify;
  const names = card.classNames?.map(
    (name, k) => `            ${quoted(String(k))}: ${quoted(name)}`,
  );
  const label = names
    ? ["      dtype:", "        class_label:", "          names:", ...names]
    : ["      dtype: int64"];
  return [
    "---",
    `pretty_name: ${quoted(card.title)}`,
    `license: ${quoted(card.license)}`,
    "task_categories:",
    "  - image-classification",
    "tags:",
    "  - face-recognition",
    "  - synthetic",
    "size_categories:",
    `  - ${quoted(size)}`,
    "dataset_info:",
    "  features:",
    "    - name: image",
    "      dtype: image",
    "    - name: label",
    ...label,
    "  splits:",
    "    - name: train",
    `      num_bytes: ${card.bytes}`,
    `      num_examples: ${card.images}`,
    "configs:",
    "  - config_name: default",
    "    data_files:",
    "      - split: train",
    "        path: data/train-*.parquet",
    "---",
    "",
    `# ${card.title}`,
    "",
    `${card.images} images of ${card.identities} identities.`,
    "",
    card.description,
    "",
  ].join("\n");
}
