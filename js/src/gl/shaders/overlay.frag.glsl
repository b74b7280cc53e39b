#version 300 es
// A prediction: one colour where the value exceeds the threshold.
precision highp float;
uniform sampler2D image;
uniform vec4 tint; // rgb and opacity
uniform float threshold;
in vec2 uv;
out vec4 color;

void main() {
  if (texture(image, uv).r <= threshold + 1e-5) discard; // equal is not above, whatever the rounding
  color = vec4(tint.rgb * tint.a, tint.a);
}
