#!/usr/bin/env bash
# make.sh FACES VERSION: from a folder of portraits, and the generator that ships, to the files of the next one.
# TRAINING_STATE names the folder of crops, checkpoints and sheets, which may lie outside the checkout: work/ beside this file.
set -euo pipefail
cd "$(dirname "$0")"
faces=${1:?folder of portraits}
version=${2:?version of the next generator}
models=${HYPERFACE_HOME:-../.hyperface}/models
out=../apps/generate-svc/models/default
state=${TRAINING_STATE:-work}
crops=$state/crops packings=$state/packings.f32

[ -f "$crops/alpha.npy" ] || python align.py --faces "$faces" --models "$models" --out "$crops"
[ -f "$packings" ] || node --import tsx packings.ts "$packings"
[ -f "$crops/teacher.npz" ] || python teacher.py --generator "$out" --data "$crops" --packings "$packings" --models "$models" --index "$faces/index.tsv"
[ -f "$crops/ages.tsv" ] || node --import tsx ages.ts "$crops"
[ -f "$state/poses.pt" ] || python poses.py --data "$crops" --models "$models" --generator "$out" --packings "$packings" --out "$state/poses.pt"
python distil.py --data "$crops" --generator "$out" --out "$state/run"
python train.py --data "$crops" --out "$state/run" --packings "$packings" --poses "$state/poses.pt" --models "$models" --index "$faces/index.tsv"
python prior.py --data "$crops" --index "$faces/index.tsv" --out "$out"
python export.py --checkpoint "$state/run/checkpoint.pt" --out "$out" --version "$version"
python controls.py --generator "$out" --models "$models" --data "$crops" --packings "$packings"
python evaluate.py --generator "$out" --models "$models" --data "$crops" --out "$state/evaluation"
