#version 300 es
// What a model finds: one colour where the value exceeds the threshold, all of it or its outline.
precision highp float;
uniform sampler2D image;
uniform vec4 tint; // rgb and opacity
uniform float threshold;
uniform vec2 edge; // half the outline's width in texture coordinates; 0 fills
in vec2 uv;
out vec4 color;

bool found(vec2 p) {
  return texture(image, p).r > threshold + 1e-5; // equal is not above, whatever the rounding
}

void main() {
  if (!found(uv)) discard;
  if (edge.x > 0.0 && found(uv + vec2(edge.x, 0.0)) && found(uv - vec2(edge.x, 0.0)) &&
      found(uv + vec2(0.0, edge.y)) && found(uv - vec2(0.0, edge.y))) discard;
  color = vec4(tint.rgb * tint.a, tint.a);
}
