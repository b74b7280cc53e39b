#version 300 es
// One direction of a separable 33-tap correlation, zero outside the image; the second direction also mixes with the original.
precision highp float;
uniform sampler2D source;
uniform sampler2D original;
uniform vec2 decode; // of source: value = texel * decode.x + decode.y
uniform vec2 decodeOriginal;
uniform float taps[33];
uniform ivec2 direction;
uniform float weight;
uniform bool mixes;
out vec4 color;

void main() {
  ivec2 size = textureSize(source, 0);
  ivec2 p = ivec2(gl_FragCoord.xy);
  float sum = 0.0;
  for (int i = 0; i < 33; i++) {
    ivec2 q = p + direction * (i - 16);
    if (any(lessThan(q, ivec2(0))) || any(greaterThanEqual(q, size))) continue;
    sum += taps[i] * (texelFetch(source, q, 0).r * decode.x + decode.y);
  }
  if (mixes) {
    float before = texelFetch(original, p, 0).r * decodeOriginal.x + decodeOriginal.y;
    sum = before * min(1.0 - weight, 1.0) + sum * weight;
  }
  color = vec4(sum, 0.0, 0.0, 1.0);
}
