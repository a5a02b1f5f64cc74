import protobuf from "protobufjs";

/** The messages and fields of onnx.proto that models here use; unknown fields are dropped. */
const messages = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: { type: "int64", id: 1 },
        producerName: { type: "string", id: 2 },
        graph: { type: "Graph", id: 7 },
        opsetImport: { rule: "repeated", type: "Opset", id: 8 },
      },
    },
    Opset: {
      fields: { domain: { type: "string", id: 1 }, version: { type: "int64", id: 2 } },
    },
    Graph: {
      fields: {
        node: { rule: "repeated", type: "Node", id: 1 },
        name: { type: "string", id: 2 },
        initializer: { rule: "repeated", type: "Tensor", id: 5 },
        input: { rule: "repeated", type: "ValueInfo", id: 11 },
        output: { rule: "repeated", type: "ValueInfo", id: 12 },
      },
    },
    Node: {
      fields: {
        input: { rule: "repeated", type: "string", id: 1 },
        output: { rule: "repeated", type: "string", id: 2 },
        name: { type: "string", id: 3 },
        opType: { type: "string", id: 4 },
        attribute: { rule: "repeated", type: "Attribute", id: 5 },
        domain: { type: "string", id: 7 },
      },
    },
    Attribute: {
      fields: {
        name: { type: "string", id: 1 },
        f: { type: "float", id: 2 },
        i: { type: "int64", id: 3 },
        s: { type: "bytes", id: 4 },
        t: { type: "Tensor", id: 5 },
        floats: { rule: "repeated", type: "float", id: 7 },
        ints: { rule: "repeated", type: "int64", id: 8 },
        type: { type: "int32", id: 20 },
      },
    },
    Tensor: {
      fields: {
        dims: { rule: "repeated", type: "int64", id: 1 },
        dataType: { type: "int32", id: 2 },
        floatData: { rule: "repeated", type: "float", id: 4 },
        int32Data: { rule: "repeated", type: "int32", id: 5 },
        int64Data: { rule: "repeated", type: "int64", id: 7 },
        name: { type: "string", id: 8 },
        rawData: { type: "bytes", id: 9 },
      },
    },
    ValueInfo: {
      fields: { name: { type: "string", id: 1 }, type: { type: "Type", id: 2 } },
    },
    Type: { fields: { tensorType: { type: "TensorType", id: 1 } } },
    TensorType: {
      fields: { elemType: { type: "int32", id: 1 }, shape: { type: "Shape", id: 2 } },
    },
    Shape: { fields: { dim: { rule: "repeated", type: "Dimension", id: 1 } } },
    Dimension: {
      fields: { dimValue: { type: "int64", id: 1 }, dimParam: { type: "string", id: 2 } },
      oneofs: { value: { oneof: ["dimValue", "dimParam"] } },
    },
  },
});

export const ModelMessage = messages.lookupType("Model");

/** A decoded message as plain data: 64-bit integers as numbers, absent repeated fields as []. */
export const toPlain = (message: protobuf.Message): PlainModel =>
  ModelMessage.toObject(message, { longs: Number, arrays: true, oneofs: true }) as PlainModel;

export interface PlainTensor {
  name?: string;
  dims: number[];
  dataType: number;
  floatData: number[];
  int32Data: number[];
  int64Data: number[];
  rawData?: Uint8Array;
}

export interface PlainAttribute {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: PlainTensor;
  floats: number[];
  ints: number[];
}

export interface PlainValueInfo {
  name: string;
  type: {
    tensorType: {
      elemType: number;
      shape: { dim: { dimValue?: number; dimParam?: string }[] };
    };
  };
}

export interface PlainModel {
  irVersion: number;
  opsetImport: { domain?: string; version: number }[];
  graph: {
    name: string;
    node: {
      input: string[];
      output: string[];
      name?: string;
      opType: string;
      attribute: PlainAttribute[];
    }[];
    initializer: PlainTensor[];
    input: PlainValueInfo[];
    output: PlainValueInfo[];
  };
}
