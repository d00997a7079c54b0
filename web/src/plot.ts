// The geometry of a chart as the server computed it; see package chart. Nothing
// here is added up, rounded or formatted again.

export interface Axis {
  min: number;
  max: number;
  cut?: boolean;
}

export interface Bar {
  label: string;
  text: string;
  href?: string;
  from: number;
  to: number;
  kind: "total" | "up" | "down" | "flat";
}

export interface Waterfall {
  axis: Axis;
  bars: Bar[];
}

export interface Point {
  label: string;
  actual: number;
  expected: number;
  low: number;
  high: number;
}

export interface Tracking {
  axis: Axis;
  points: Point[];
  split: number;
  seen: string;
  unseen: string;
  ticks: string[];
}

export interface Column {
  label: string;
  actual: number;
  expected?: number;
  strange?: boolean;
}

export interface Columns {
  axis: Axis;
  items: Column[];
  ticks: string[];
}

export interface ControlPoint {
  label: string;
  value: number | null;
  low: number | null;
  high: number | null;
  signal?: boolean;
  partial?: boolean;
  event?: string;
}

export interface Control {
  axis: Axis;
  points: ControlPoint[];
  centre: number | null;
  ticks: string[];
}

export interface Plot {
  waterfall?: Waterfall;
  tracking?: Tracking;
  columns?: Columns;
  control?: Control;
}
