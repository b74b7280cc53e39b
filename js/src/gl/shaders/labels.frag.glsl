#version 300 es
// Up to eight features, one bit each: a tint inside and a line of constant width on the screen at the edge.
precision highp float;
precision highp usampler2D;
uniform usampler2D labels;
uniform vec4 colors[8]; // rgb and opacity; 0 hides
uniform uint filled;    // bit set: tinted inside, else outline only
uniform vec2 edge;      // half the line's width in texture coordinates
in vec2 uv;
out vec4 color;

const float TINT = 0.42;

uint at(vec2 p) {
  ivec2 size = textureSize(labels, 0);
  ivec2 q = ivec2(floor(p * vec2(size)));
  if (any(lessThan(q, ivec2(0))) || any(greaterThanEqual(q, size))) return 0u;
  return texelFetch(labels, q, 0).r;
}

void main() {
  uint here = at(uv);
  if (here == 0u) discard;
  uint inside = here & at(uv + vec2(edge.x, 0.0)) & at(uv - vec2(edge.x, 0.0)) & at(uv + vec2(0.0, edge.y)) &
    at(uv - vec2(0.0, edge.y));
  vec4 sum = vec4(0.0);
  for (int bit = 0; bit < 8; bit++) {
    uint mask = 1u << uint(bit);
    if (here < mask) break; // no higher bits: most places have one feature, software rendering counts each turn
    if ((here & mask) == 0u) continue;
    float strength = (inside & mask) == 0u ? 1.0 : ((filled & mask) != 0u ? TINT : 0.0);
    float a = colors[bit].a * strength;
    sum = vec4(colors[bit].rgb * a, a) + sum * (1.0 - a);
  }
  if (sum.a == 0.0) discard;
  color = sum;
}
