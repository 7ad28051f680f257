/** The colours of mail and page, for light and dark. Status colours differ for the colour-blind, too. */
export const LIGHT = {
  ink: "#1b2430",
  muted: "#586374",
  line: "#e1e6ec",
  ground: "#f5f7f9",
  card: "#ffffff",
  accent: "#2457c5",
  soft: "#6f93dd",
  succeeded: "#00805f",
  partial: "#cc8400",
  failed: "#b03a00",
} as const;

export const DARK: Readonly<Record<keyof typeof LIGHT, string>> = {
  ink: "#e7ecf2",
  muted: "#9ba8b8",
  line: "#2a3440",
  ground: "#0f141a",
  card: "#171e27",
  accent: "#7eabff",
  soft: "#4d6fb3",
  succeeded: "#2fc79c",
  partial: "#ffd05c",
  failed: "#f0662f",
};

/** For error types, told apart under every kind of colour blindness as well. */
export const SERIES_LIGHT = [
  "#d86128",
  "#3b1cb0",
  "#339bac",
  "#6c261c",
  "#9671dc",
  "#be7768",
  "#592a6c",
] as const;
export const SERIES_DARK = [
  "#d9b540",
  "#8fe1eb",
  "#b43ade",
  "#199364",
  "#c2da9c",
  "#d52ba2",
  "#687415",
] as const;
