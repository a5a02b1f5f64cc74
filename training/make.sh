#!/usr/bin/env bash
# make.sh FACES [MINUTES]: from a folder of portraits to the default generator's files.
set -euo pipefail
cd "$(dirname "$0")"
faces=${1:?folder of portraits}
models=${HYPERFACE_HOME:-../.hyperface}/models
out=../apps/generate-svc/models/default

[ -f work/crops/crops.npy ] || python align.py --faces "$faces" --models "$models" --out work/crops
python train.py --data work/crops --out work/run --index "$faces/index.tsv" \
  --embedder "$models/mobilefacenet-512.onnx" --second "$models/mobilefacenet-192.onnx" \
  --batch 16 --minutes "${2:-118}"
python prior.py --data work/crops --index "$faces/index.tsv" --out "$out"
python export.py --checkpoint work/run/checkpoint.pt --models "$models" --out "$out"
python evaluate.py --generator "$out" --models "$models" --data work/crops --out work/evaluation
