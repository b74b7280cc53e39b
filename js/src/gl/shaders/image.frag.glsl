#version 300 es
// Grey values between two limits.
precision highp float;
uniform sampler2D image;
uniform vec2 decode; // value = texel * decode.x + decode.y
uniform vec2 limits; // shown black, shown white
in vec2 uv;
out vec4 color;

void main() {
  float value = texture(image, uv).r * decode.x + decode.y;
  float span = limits.y - limits.x;
  float grey = span == 0.0 ? 0.5 : clamp((value - limits.x) / span, 0.0, 1.0);
  color = vec4(vec3(grey), 1.0);
}
